import type { AggregateExpr } from '@farol/promql';
import { type Labels, noLabels } from '#model';
import { hasHistograms, withHistograms } from './aggregatehistograms.ts';
import type { Context } from './context.ts';
import { countValues } from './countvalues.ts';
import { Grouping } from './grouping.ts';
import { AverageGroup, CountGroup, ExtremeGroup, type GroupKernel, SumGroup, VarianceGroup } from './kernels/groups.ts';
import { QuantileGroup, quantileOf } from './kernels/quantile.ts';
import type { Passing } from './passing.ts';
import { selectBest } from './topk.ts';
import { FLOAT, type Grid, type GridSeries, type GridValue, isEmpty, newSeries, type VectorValue } from './values.ts';

export interface Aggregation {
  readonly expr: AggregateExpr;
  readonly input: VectorValue;
  readonly param?: GridValue;
  readonly grid: Grid;
  readonly ctx: Context;
}

/** The series of one group, in input order. */
export interface Group {
  readonly labels: Labels;
  readonly members: GridSeries[];
}

export async function aggregate(aggregation: Aggregation): Promise<VectorValue> {
  const { expr } = aggregation;
  switch (expr.op) {
    case 'topk':
    case 'bottomk':
    case 'limitk':
    case 'limit_ratio':
      return selectBest(aggregation);
    case 'count_values':
      return countValues(aggregation);
    case 'quantile':
      return aggregateQuantile(aggregation);
    default:
      return reduceGroups(aggregation);
  }
}

/** Splits the series into groups, in order of first appearance. */
export function groupsOf(series: readonly GridSeries[], expr: AggregateExpr): Group[] {
  const grouping = new Grouping(expr);
  const members: GridSeries[][] = [];
  for (const one of series) {
    const group = grouping.groupOf(one.labels);
    members[group] ??= [];
    members[group].push(one);
  }
  return members.map((own, group) => ({ labels: grouping.labels[group] ?? noLabels, members: own }));
}

/** Whether the aggregation needs each series only once, so that they may pass by (see passing.ts). */
export const takesPassing = ({ op }: AggregateExpr, { steps }: Grid): boolean =>
  reductions.has(op) || (op === 'quantile' && steps === 1);

const reductions: ReadonlySet<string> = new Set(['sum', 'avg', 'count', 'group', 'min', 'max', 'stddev', 'stdvar']);

/** As `aggregate`, of series that have floats only. */
export async function aggregatePassing(
  aggregation: Omit<Aggregation, 'input'>,
  passing: Passing,
): Promise<VectorValue> {
  const { expr, grid, ctx } = aggregation;
  const newKernel = kernelsFor(aggregation);
  const numbered = ctx.groups.begin(expr);
  const groups: { readonly kernel: GroupKernel; dropName: boolean }[] = [];
  await passing((series, ref) => {
    const at = numbered.numberOf(series, ref);
    let group = groups[at];
    if (group === undefined) {
      ctx.pace.hold(grid.steps);
      group = { kernel: newKernel(), dropName: false };
      groups.push(group);
    }
    group.kernel.add(series);
    group.dropName ||= series.dropName;
  });
  const series = groups.map(({ kernel, dropName }, at) => {
    const out = newSeries(numbered.labels[at] ?? noLabels, grid.steps, dropName);
    kernel.finish(out);
    return out;
  });
  return { kind: 'vector', series };
}

async function reduceGroups(aggregation: Aggregation): Promise<VectorValue> {
  const { expr, input, grid, ctx } = aggregation;
  const series: GridSeries[] = [];
  for (const group of groupsOf(input.series, expr)) {
    const { labels, members } = group;
    const kernel = kernelFor(expr, grid.steps);
    for (const member of members) {
      kernel.add(member);
      if (ctx.pace.isDue()) await ctx.pace.rest();
    }
    const out = newSeries(
      labels,
      grid.steps,
      members.some(({ dropName }) => dropName),
    );
    kernel.finish(out);
    const whole = hasHistograms(group) ? withHistograms(out, group, aggregation) : out;
    if (!isEmpty(whole)) series.push(whole);
  }
  return { kind: 'vector', series };
}

function kernelsFor(aggregation: Omit<Aggregation, 'input'>): () => GroupKernel {
  const { expr, grid, ctx } = aggregation;
  if (expr.op !== 'quantile') return () => kernelFor(expr, grid.steps);
  const qs = scalarParam(aggregation);
  warnOfQuantiles(qs, aggregation);
  return () => new QuantileGroup(qs[0] ?? 0, () => ctx.pace.hold(1));
}

function kernelFor({ op }: AggregateExpr, steps: number): GroupKernel {
  switch (op) {
    case 'sum':
      return new SumGroup(steps);
    case 'avg':
      return new AverageGroup(steps);
    case 'count':
    case 'group':
      return new CountGroup(steps, op === 'group');
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

/** The scalar parameter of an aggregation, per step. */
export function scalarParam({ param }: Pick<Aggregation, 'param'>): Float64Array {
  if (param?.kind !== 'scalar') throw new Error('the checker promised a scalar parameter');
  return param.values;
}

async function aggregateQuantile(aggregation: Aggregation): Promise<VectorValue> {
  const { expr, input, grid, ctx } = aggregation;
  const qs = scalarParam(aggregation);
  warnOfQuantiles(qs, aggregation);
  const series: GridSeries[] = [];
  for (const group of groupsOf(input.series, expr)) {
    const { labels, members } = group;
    const out = newSeries(
      labels,
      grid.steps,
      members.some(({ dropName }) => dropName),
    );
    const values = new Float64Array(members.length);
    for (let i = 0; i < grid.steps; i++) {
      let count = 0;
      for (const member of members) if (member.present[i] === FLOAT) values[count++] = member.values[i] ?? 0;
      if (count === 0) continue;
      out.values[i] = quantileOf(qs[i] ?? 0, values, count);
      out.present[i] = FLOAT;
      if (ctx.pace.isDue()) await ctx.pace.rest();
    }
    if (hasHistograms(group)) withHistograms(out, group, aggregation);
    if (!isEmpty(out)) series.push(out);
  }
  return { kind: 'vector', series };
}

function warnOfQuantiles(qs: Float64Array, { expr, ctx }: Pick<Aggregation, 'expr' | 'ctx'>): void {
  const at = expr.param ?? expr;
  if (qs.some(Number.isNaN)) ctx.notes.invalidQuantile(Number.NaN, at);
  const numbers = qs.filter((q) => !Number.isNaN(q));
  const most = numbers.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const least = numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  if (most > 1) ctx.notes.invalidQuantile(most, at);
  if (least < 0) ctx.notes.invalidQuantile(least, at);
}
