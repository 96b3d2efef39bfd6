import type { Labels } from '../data/prometheus.ts';

/** Names for the series of an answer: only what tells them apart, the rest is common to all. Pure. */
export interface Named {
  /** Labels (and the metric's name) that every series has with the same value. */
  readonly common: Labels;
  /** The keys that differ. */
  readonly keys: readonly string[];
  readonly nameOf: (labels: Labels) => string;
}

export function nameSeries(all: readonly Labels[]): Named {
  const keys = [...new Set(all.flatMap((labels) => Object.keys(labels)))].sort();
  const common: Record<string, string> = {};
  const varying: string[] = [];
  for (const key of keys) {
    const value = all[0]?.[key];
    if (value !== undefined && all.every((labels) => labels[key] === value)) common[key] = value;
    else varying.push(key);
  }
  return { common, keys: varying, nameOf: (labels) => nameFrom(labels, varying, all.length) };
}

export function printLabels(labels: Labels): string {
  const { __name__: name = '', ...rest } = labels;
  const pairs = Object.entries(rest).map(
    ([key, value]) => `${key}="${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"')}"`,
  );
  return pairs.length > 0 ? `${name}{${pairs.join(', ')}}` : name || '{}';
}

// One series alone is called by everything it has; of several, each by what only it has.
function nameFrom(labels: Labels, varying: readonly string[], count: number): string {
  if (count <= 1) return printLabels(labels);
  const told = varying.filter((key) => labels[key] !== undefined);
  if (told.length === 1 && told[0] !== undefined) return labels[told[0]] || '""';
  return told.length === 0
    ? printLabels(labels)
    : printLabels(Object.fromEntries(told.map((key) => [key, labels[key] ?? ''])));
}
