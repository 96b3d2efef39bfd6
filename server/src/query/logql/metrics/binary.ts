import { type BinaryExpr, calculate, compare, isComparison, isSetOp } from '@farol/logql';
import type { Labels } from '#model';
import type { MetricContext } from '../context.ts';
import { matchVectors } from './match.ts';
import { groupBy, labelsPart, mergeSame, newSeries, type StepSeries, type StepValue } from './series.ts';

/** Combines two values. Two scalars have been folded by the parser. */
export async function combine(
  expr: BinaryExpr,
  left: StepValue,
  right: StepValue,
  ctx: MetricContext,
): Promise<readonly StepSeries[]> {
  if (left.kind === 'scalar' && right.kind === 'scalar') throw new Error('the parser folds literals');
  if (right.kind === 'scalar') return withScalar(expr, left.kind === 'vector' ? left.series : [], right.value, false);
  if (left.kind === 'scalar') return withScalar(expr, right.series, left.value, true);
  if (isSetOp(expr.op)) return combineSets(expr, left.series, right.series, ctx.grid.steps);
  return matchVectors(expr, left.series, right.series, ctx);
}

/** A comparison keeps the vector's value, on whichever side it stands. */
function withScalar(
  { op, bool }: BinaryExpr,
  vector: readonly StepSeries[],
  scalar: number,
  scalarIsLeft: boolean,
): StepSeries[] {
  return vector.map(({ labels, values, present }) => {
    const out = newSeries(labels, values.length);
    for (let i = 0; i < values.length; i++) {
      if (present[i] !== 1) continue;
      const value = values[i] ?? 0;
      const [a, b] = scalarIsLeft ? [scalar, value] : [value, scalar];
      if (isSetOp(op)) throw new Error('the parser refuses sets of literals');
      if (!isComparison(op)) out.values[i] = calculate(op, a, b);
      else if (bool) out.values[i] = Number(compare(op, a, b));
      else if (compare(op, a, b)) out.values[i] = value;
      else continue;
      out.present[i] = 1;
    }
    return out;
  });
}

/** `and`, `or`, `unless`: the series stay as they are, at some steps or at none. */
function combineSets(
  { op, matching }: BinaryExpr,
  left: readonly StepSeries[],
  right: readonly StepSeries[],
  steps: number,
): StepSeries[] {
  const names = new Set(matching.labels);
  const signature = (labels: Labels): Labels => labelsPart(labels, names, matching.on);
  const leftGroups = new Map(groupBy(left, signature).map(({ key, members }) => [key, members]));
  const rightGroups = new Map(groupBy(right, signature).map(({ key, members }) => [key, members]));
  if (op === 'or') {
    const added = [...rightGroups].flatMap(([key, members]) => {
      const taken = presence(leftGroups.get(key) ?? [], steps);
      return members.map((series) => where(series, taken, 0));
    });
    return mergeSame([...left, ...added]);
  }
  return [...leftGroups].flatMap(([key, members]) => {
    const matched = presence(rightGroups.get(key) ?? [], steps);
    return members.map((series) => where(series, matched, op === 'and' ? 1 : 0));
  });
}

function presence(series: readonly StepSeries[], steps: number): Uint8Array {
  const any = new Uint8Array(steps);
  for (const { present } of series) for (let i = 0; i < steps; i++) if (present[i] === 1) any[i] = 1;
  return any;
}

function where(series: StepSeries, mask: Uint8Array, wanted: number): StepSeries {
  return { ...series, present: series.present.map((has, i) => (mask[i] === wanted ? has : 0)) };
}
