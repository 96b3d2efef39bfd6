import type { AggregateExpr, Grouping } from '@farol/logql';
import { type Labels, noLabels } from '#model';
import { AverageGroup, CountGroup, ExtremeGroup, type GroupKernel, SumGroup, VarianceGroup } from '#query/promql';
import type { MetricContext } from '../context.ts';
import { groupBy, labelsPart, newSeries, type StepSeries } from './series.ts';

/** Aggregates series at each step. */
export async function aggregate(
  expr: AggregateExpr,
  input: readonly StepSeries[],
  ctx: MetricContext,
): Promise<readonly StepSeries[]> {
  const groups = groupBy(input, partOf(expr.grouping));
  switch (expr.op) {
    case 'sort':
    case 'sort_desc':
      return byFirstValue(input, expr.op === 'sort_desc');
    case 'topk':
    case 'bottomk':
    case 'approx_topk':
      return groups.flatMap(({ members }) => best(members, expr, ctx.grid.steps));
    default:
  }
  const { steps } = ctx.grid;
  const out: StepSeries[] = [];
  for (const { labels, members } of groups) {
    const kernel = kernelFor(expr, steps);
    for (const member of members) kernel.add(member);
    const series = newSeries(labels, steps);
    kernel.finish(series);
    out.push(series);
    if (ctx.pace.isDue()) await ctx.pace.rest();
  }
  return out;
}

function partOf(grouping: Grouping | undefined): (labels: Labels) => Labels {
  if (grouping === undefined) return () => noLabels;
  const names = new Set(grouping.labels);
  return (labels) => labelsPart(labels, names, !grouping.without);
}

function kernelFor({ op }: AggregateExpr, steps: number): GroupKernel {
  switch (op) {
    case 'sum':
      return new SumGroup(steps);
    case 'avg':
      return new AverageGroup(steps);
    case 'count':
      return new CountGroup(steps, false);
    case 'min':
    case 'max':
      return new ExtremeGroup(steps, op === 'max');
    case 'stddev':
    case 'stdvar':
      return new VarianceGroup(steps, op === 'stddev');
    default:
      throw new Error(`${op} does not reduce its groups`);
  }
}

/** Below zero when `a` comes before `b`: greatest (or least) first, what is no number last. */
function rank(a: number, b: number, wantsGreatest: boolean): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return wantsGreatest ? b - a || 0 : a - b || 0;
}

/** At each step the k best of the group keep their value; the others have none. */
function best(members: readonly StepSeries[], { op, param = 0 }: AggregateExpr, steps: number): StepSeries[] {
  const wantsGreatest = op !== 'bottomk';
  const kept = members.map((member) => ({ ...member, present: new Uint8Array(steps) }));
  for (let step = 0; step < steps; step++) {
    const here = kept.filter((_, i) => members[i]?.present[step] === 1);
    here.sort((a, b) => rank(a.values[step] ?? 0, b.values[step] ?? 0, wantsGreatest));
    for (const { present } of here.slice(0, param)) present[step] = 1;
  }
  return kept;
}

function byFirstValue(input: readonly StepSeries[], wantsGreatest: boolean): StepSeries[] {
  return [...input].sort((a, b) => rank(a.values[0] ?? 0, b.values[0] ?? 0, wantsGreatest));
}
