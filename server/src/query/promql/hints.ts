import { childrenOf, type Expr, type VectorSelector } from '@farol/promql';
import type { HistogramSample, SeriesColumns } from '#model';
import { fromNative } from './histograms/histogram.ts';
import { isReset } from './histograms/resets.ts';

/**
 * The selectors of which only counts and sums matter. Prometheus reads these without buckets, so it looks for counter
 * resets while it reads, and the hints it finds show in annotations. Inside subqueries, and for quantiles, it does not.
 */
export function statisticsSelectors(expr: Expr): ReadonlySet<VectorSelector> {
  const found = new Set<VectorSelector>();
  visit(expr, false, found);
  return found;
}

function visit(expr: Expr, isStatistic: boolean, found: Set<VectorSelector>): void {
  if (expr.kind === 'vector' && isStatistic) found.add(expr);
  const next = nextState(expr, isStatistic);
  for (const child of childrenOf(expr)) visit(child, next, found);
}

/** The nearest construct that cares decides. */
function nextState(expr: Expr, isStatistic: boolean): boolean {
  if (expr.kind === 'subquery') return false;
  if (expr.kind === 'binary' && (expr.op === '</' || expr.op === '>/')) return false;
  if (expr.kind !== 'call') return isStatistic;
  if (/^histogram_(count|sum|avg)$/.test(expr.func.name)) return true;
  return /^histogram_(quantiles?|fraction)$/.test(expr.func.name) ? false : isStatistic;
}

/** The same series, with the hints that looking at each two neighbouring histograms gives. */
export function withDetectedHints(column: SeriesColumns): SeriesColumns {
  if (column.histograms === undefined) return column;
  let before: HistogramSample | undefined;
  const histograms = column.histograms.map((sample): HistogramSample => {
    const previous = before;
    before = sample;
    if (sample.histogram.resetHint !== 'unknown' || previous === undefined) return sample;
    const hasReset = isReset(fromNative(sample.histogram), fromNative(previous.histogram));
    return { ...sample, histogram: { ...sample.histogram, resetHint: hasReset ? 'reset' : 'not_reset' } };
  });
  return { ...column, histograms };
}
