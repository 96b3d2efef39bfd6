import { type BinaryExpr, calculate, compare, isComparison, isSetOp } from '@farol/logql';
import { compareText, type Labels, labelsKey, Refusal } from '#model';
import type { MetricContext } from '../context.ts';
import { groupBy, labelsPart, newSeries, type StepSeries } from './series.ts';

const NONE = -1;

/** Arithmetic and comparison between two vectors. */
export async function matchVectors(
  expr: BinaryExpr,
  left: readonly StepSeries[],
  right: readonly StepSeries[],
  ctx: MetricContext,
): Promise<readonly StepSeries[]> {
  const { matching } = expr;
  const names = new Set(matching.labels);
  const signature = (labels: Labels): Labels => labelsPart(labels, names, matching.on);
  // One-to-many is many-to-one with the sides swapped; only the arithmetic swaps back.
  const isSwapped = matching.cardinality === 'one-to-many';
  const [many, one] = isSwapped ? [right, left] : [left, right];
  const ones = new Map(groupBy(one, signature).map(({ key, members }) => [key, members]));
  const match = new Match(expr, isSwapped, ctx.grid.steps);
  for (const members of ones.values()) match.checkUnique(members);
  for (const { key, members } of groupBy(many, signature)) {
    match.group(members, ones.get(key) ?? []);
    if (ctx.pace.isDue()) await ctx.pace.rest();
  }
  return [...match.outputs.values()];
}

class Match {
  readonly outputs = new Map<string, StepSeries>();
  private readonly expr: BinaryExpr;
  private readonly isSwapped: boolean;
  private readonly steps: number;

  constructor(expr: BinaryExpr, isSwapped: boolean, steps: number) {
    this.expr = expr;
    this.isSwapped = isSwapped;
    this.steps = steps;
  }

  /** Two series of the "one" side at the same step cannot be told apart. */
  checkUnique(ones: readonly StepSeries[]): void {
    if (ones.length < 2) return;
    const counts = new Uint8Array(this.steps);
    for (const { present } of ones) {
      for (let i = 0; i < this.steps; i++) {
        if (present[i] !== 1) continue;
        if (counts[i] === 1) throw this.failed(duplicateSide(this.isSwapped ? 'left' : 'right'));
        counts[i] = 1;
      }
    }
  }

  group(many: readonly StepSeries[], ones: readonly StepSeries[]): void {
    if (ones.length === 0) return;
    const owners = ownersOf(ones, this.steps);
    /** Steps at which the group (one-to-one) or an output has been matched. */
    const matched = new Map<string, Uint8Array>();
    for (const series of many) {
      for (const [index, partner] of ones.entries()) this.pair(series, partner, { owners, index, matched });
    }
  }

  private pair(
    many: StepSeries,
    one: StepSeries,
    { owners, index, matched }: { owners: Int32Array; index: number; matched: Map<string, Uint8Array> },
  ): void {
    const { cardinality } = this.expr.matching;
    const labels = resultLabels(many.labels, one.labels, this.expr);
    const key = labelsKey(labels);
    const scope = cardinality === 'one-to-one' ? '' : key;
    const taken = matched.get(scope) ?? new Uint8Array(this.steps);
    matched.set(scope, taken);
    for (let i = 0; i < this.steps; i++) {
      if (many.present[i] !== 1 || owners[i] !== index) continue;
      if (taken[i] === 1) throw this.failed(secondMatch(cardinality === 'one-to-one'));
      taken[i] = 1;
      const [left, right] = this.isSwapped ? [one, many] : [many, one];
      const value = this.apply(left.values[i] ?? 0, right.values[i] ?? 0);
      if (value === undefined) continue;
      const out = this.outputs.get(key) ?? newSeries(labels, this.steps);
      this.outputs.set(key, out);
      out.values[i] = value;
      out.present[i] = 1;
    }
  }

  private apply(left: number, right: number): number | undefined {
    const { op, bool } = this.expr;
    if (isSetOp(op)) throw new Error('sets are combined elsewhere');
    if (!isComparison(op)) return calculate(op, left, right);
    const keeps = compare(op, left, right);
    if (bool) return Number(keeps);
    return keeps ? left : undefined;
  }

  private failed(message: string): Refusal {
    return new Refusal(message, { code: 'QUERY_FAILED' });
  }
}

/** Which series holds each step. */
function ownersOf(ones: readonly StepSeries[], steps: number): Int32Array {
  const owners = new Int32Array(steps).fill(NONE);
  for (const [index, { present }] of ones.entries()) {
    for (let i = 0; i < steps; i++) if (present[i] === 1) owners[i] = index;
  }
  return owners;
}

function duplicateSide(side: 'left' | 'right'): string {
  const advice = 'many-to-many matching not allowed: matching labels must be unique on one side';
  return `found duplicate series on the ${side} hand-side;${advice}`;
}

function secondMatch(isOneToOne: boolean): string {
  const reason = isOneToOne
    ? 'many-to-one matching must be explicit (group_left/group_right)'
    : 'grouping labels must ensure unique matches';
  return `multiple matches for labels: ${reason}`;
}

function resultLabels(many: Labels, one: Labels, { matching }: BinaryExpr): Labels {
  const isOneToOne = matching.cardinality === 'one-to-one';
  const own = isOneToOne ? labelsPart(many, new Set(matching.labels), matching.on) : many;
  if (matching.include.length === 0) return own;
  const labels = new Map<string, string>();
  for (let i = 0; i < own.length; i += 2) labels.set(own[i] ?? '', own[i + 1] ?? '');
  for (const name of matching.include) {
    const at = one.findIndex((text, i) => i % 2 === 0 && text === name);
    const value = at < 0 ? '' : (one[at + 1] ?? '');
    if (value === '') labels.delete(name);
    else labels.set(name, value);
  }
  return [...labels].sort(([a], [b]) => compareText(a, b)).flat();
}
