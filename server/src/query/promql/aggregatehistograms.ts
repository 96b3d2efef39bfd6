import { labelValue } from '#model';
import type { Aggregation, Group } from './aggregate.ts';
import { compact, type Histogram } from './histograms/histogram.ts';
import { RunningHistogram } from './histograms/running.ts';
import { METRIC_NAME } from './labelset.ts';
import { ABSENT, FLOAT, type GridSeries, HISTOGRAM } from './values.ts';

export const hasHistograms = ({ members }: Group): boolean =>
  members.some(({ histograms }) => histograms !== undefined);

/** What histograms do to a group that has been aggregated as if they were not there. */
export function withHistograms(out: GridSeries, group: Group, aggregation: Aggregation): GridSeries {
  const { expr, ctx } = aggregation;
  switch (expr.op) {
    case 'sum':
    case 'avg':
      return aggregated(out, group, aggregation);
    case 'min':
    case 'max':
    case 'stddev':
    case 'stdvar':
    case 'quantile':
      if (group.members.some(({ present }) => present.includes(HISTOGRAM))) {
        ctx.notes.ignoredInAggregation(expr.op, expr.expr);
      }
      return out;
    default:
      return out;
  }
}

function aggregated(out: GridSeries, group: Group, aggregation: Aggregation): GridSeries {
  const result: GridSeries = { ...out, histograms: new Array(out.present.length) };
  for (let step = 0; step < out.present.length; step++) {
    const members = group.members.filter(({ present }) => present[step] === HISTOGRAM);
    if (members.length === 0) continue;
    if (out.present[step] === FLOAT) {
      aggregation.ctx.notes.mixedInAggregation(aggregation.expr.expr);
      result.present[step] = ABSENT;
      continue;
    }
    const histogram = aggregateStep(members, step, aggregation);
    if (histogram === undefined || result.histograms === undefined) continue;
    result.histograms[step] = compact(histogram);
    result.present[step] = HISTOGRAM;
  }
  return result;
}

function aggregateStep(
  members: readonly GridSeries[],
  step: number,
  { expr, ctx }: Aggregation,
): Histogram | undefined {
  const sources = members.flatMap(({ labels, histograms }) => {
    const histogram = histograms?.[step];
    return histogram === undefined ? [] : [{ histogram, metric: labelValue(labels, METRIC_NAME) }];
  });
  const at = expr.expr;
  const hints = new Set(sources.map(({ histogram }) => histogram.resetHint));
  const summed = new RunningHistogram(expr.op === 'avg');
  for (const { histogram, metric } of sources) {
    const added = summed.add(histogram);
    if (added === undefined) {
      ctx.notes.mixedSchemas(metric, at);
      return undefined;
    }
    if (added.areBoundsReconciled) ctx.notes.reconciledBounds('aggregation', at);
  }
  if (hints.has('reset') && hints.has('not_reset')) ctx.notes.resetCollision('aggregation', at);
  return summed.result();
}
