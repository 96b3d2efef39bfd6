import type { Expr, LabelMatcher } from '@farol/promql';
import type { Labels } from '#model';
import { withLabel } from '../labelset.ts';
import { FLOAT, newSeries, type VectorValue } from '../values.ts';
import { type Call, type InstantFunction, vectorArg } from './call.ts';

export const absentFunctions: ReadonlyMap<string, InstantFunction> = new Map<string, InstantFunction>([
  ['absent', (call: Call) => whereAbsent(vectorArg(call, 0), call, false)],
]);

/** A 1 at each step where no series of the input has a value. */
export function whereAbsent(input: VectorValue, { expr, grid }: Call, dropName: boolean): VectorValue {
  const out = newSeries(absentLabels(expr.args[0]), grid.steps, dropName);
  out.present.fill(FLOAT);
  out.values.fill(1);
  for (const { present } of input.series) {
    for (let i = 0; i < present.length; i++) if (present[i] !== 0) out.present[i] = 0;
  }
  return { kind: 'vector', series: out.present.includes(FLOAT) ? [out] : [] };
}

/** The labels that a selector pins down: those with exactly one matcher, an equality. */
function absentLabels(arg: Expr | undefined): Labels {
  let inner = arg;
  while (inner?.kind === 'paren') inner = inner.expr;
  const matchers: readonly LabelMatcher[] =
    inner?.kind === 'vector' ? inner.matchers : inner?.kind === 'matrix' ? inner.selector.matchers : [];
  let labels: Labels = [];
  const seen = new Set<string>();
  for (const { name, kind, value } of matchers) {
    if (name === '__name__') continue;
    const isPinned = kind === '=' && !seen.has(name);
    labels = withLabel(labels, name, isPinned ? value : '');
    if (isPinned) seen.add(name);
  }
  return labels;
}
