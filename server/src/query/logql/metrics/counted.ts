import type { Grouping, RangeExpr } from '@farol/logql';
import type { MetricContext } from '../context.ts';
import type { CountedGroup } from '../contract.ts';
import { isMadeUp, storedLabelFilters } from '../labelpushdown.ts';
import { hintsOf } from '../pipeline/index.ts';
import { hasOnlyStoredFilters, storedLineFilters, withoutParsers } from '../pushdown.ts';
import { newSeries, type StepSeries } from './series.ts';
import type { Windows } from './windows.ts';

/** Has the store count, when it can: `sum by (…)` of lines or bytes with nothing but filters in between. */
export async function countInStore(
  expr: RangeExpr,
  windows: Windows,
  { count, tenant, grid, pace }: MetricContext,
  outer: Grouping | undefined,
): Promise<StepSeries[] | undefined> {
  const { log } = expr.range;
  const measure = measureOf(expr);
  if (count === undefined || measure === undefined || outer === undefined || outer.without) return undefined;
  const stages = hintsOf(expr.range, outer, false).noLabels ? withoutParsers(log.stages) : log.stages;
  if (!hasOnlyStoredFilters(stages) || outer.labels.some(isMadeUp) || windows.rangeNs === 0) return undefined;
  const { first, last } = windows.spanNs;
  const groups = await count({
    tenant,
    matchers: log.matchers,
    startNs: first,
    endNs: last + 1n,
    lineFilters: storedLineFilters({ stages }),
    labelFilters: storedLabelFilters({ stages }),
    signal: pace.signal,
    firstEndNs: windows.firstEndNs,
    stepNs: grid.stepNs,
    steps: grid.steps,
    rangeNs: BigInt(windows.rangeNs),
    measure,
    by: outer.labels,
  });
  if (groups === undefined) return undefined;
  pace.hold(groups.length * grid.steps);
  const divisor = expr.op === 'rate' || expr.op === 'bytes_rate' ? windows.rangeNs / 1e9 : 1;
  return groups.map((group) => seriesOf(group, divisor, grid.steps));
}

function measureOf({ op, range }: RangeExpr): 'lines' | 'bytes' | undefined {
  if (range.unwrap !== undefined) return undefined;
  if (op === 'rate' || op === 'count_over_time') return 'lines';
  return op === 'bytes_rate' || op === 'bytes_over_time' ? 'bytes' : undefined;
}

function seriesOf({ labels, values }: CountedGroup, divisor: number, steps: number): StepSeries {
  const series = newSeries(labels, steps);
  for (let step = 0; step < steps; step++) {
    const value = values[step] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    series.values[step] = value / divisor;
    series.present[step] = 1;
  }
  return series;
}
