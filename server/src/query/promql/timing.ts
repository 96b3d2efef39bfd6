import type { AtModifier } from '@farol/promql';

/** When a selector or subquery looks: at a fixed time, or a fixed distance before each step. */
export type Reference =
  | { readonly kind: 'fixed'; readonly timeMs: number }
  | { readonly kind: 'moving'; readonly offsetMs: number };

interface Timed {
  readonly offsetMs: number;
  readonly at?: AtModifier;
}

export function referenceOf(expr: Timed, query: { startMs: number; endMs: number }): Reference {
  if (expr.at === undefined) return { kind: 'moving', offsetMs: expr.offsetMs };
  return { kind: 'fixed', timeMs: timeOf(expr.at, query) - expr.offsetMs };
}

function timeOf(at: AtModifier, { startMs, endMs }: { startMs: number; endMs: number }): number {
  if (at.kind === 'time') return at.timeMs;
  return at.kind === 'start' ? startMs : endMs;
}
