import type { SetOp } from '@farol/promql';
import type { BinaryCall } from './binary.ts';
import { mergeSame } from './merge.ts';
import { matchGroups, presence } from './signatures.ts';
import { ABSENT, type GridSeries, isEmpty, isInstant, type VectorValue } from './values.ts';

/** `and`, `or`, `unless`: the series stay as they are, at some steps or at none. */
export async function combineSets(call: BinaryCall, op: SetOp, left: VectorValue, right: VectorValue) {
  const { steps } = call.grid;
  const kept = new Map<GridSeries, GridSeries>();
  for (const group of matchGroups(left.series, right.series, call.expr.matching)) {
    if (op === 'or') {
      const taken = presence(group.left, steps);
      for (const series of group.right) kept.set(series, where(series, taken, false));
    } else {
      const matched = presence(group.right, steps);
      for (const series of group.left) kept.set(series, where(series, matched, op === 'and'));
    }
    if (call.ctx.pace.isDue()) await call.ctx.pace.rest();
  }
  const inOrder = op === 'or' ? [...left.series, ...right.series] : left.series;
  const series = inOrder.map((one) => kept.get(one) ?? one).filter((one) => !isEmpty(one));
  return { kind: 'vector' as const, series: isInstant(call.grid) ? series : mergeSame(series) };
}

/** The series where the mask says what is wanted. */
function where(series: GridSeries, mask: Uint8Array, wanted: boolean): GridSeries {
  const present = series.present.map((kind, i) => ((mask[i] !== 0) === wanted ? kind : ABSENT));
  return { ...series, present };
}
