import { goQuote } from '@farol/promql';
import type { Labels } from '#model';

/** `{a="1", b="2"}`, as Loki names a stream or a series. */
export function labelsText(labels: Labels): string {
  const pairs: string[] = [];
  for (let i = 0; i < labels.length; i += 2) pairs.push(`${labels[i]}=${goQuote(labels[i + 1] ?? '')}`);
  return `{${pairs.join(', ')}}`;
}
