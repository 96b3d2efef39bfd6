import type { VectorMatching } from '@farol/promql';
import { type Labels, labelsKey, labelValue } from '#model';
import { type BinaryCall, elementAt, setElement } from './binary.ts';
import { combineElements } from './elements.ts';
import { failed } from './failures.ts';
import { combineFloats, floatOperator } from './kernels/arithmetic.ts';
import { keepNames, labelsText, METRIC_NAME, withLabel, withoutMetadata, withoutNames } from './labelset.ts';
import { mergeSame } from './merge.ts';
import { type MatchGroup, matchGroups, presence } from './signatures.ts';
import { ABSENT, FLOAT, type GridSeries, isEmpty, isInstant, newSeries, type VectorValue } from './values.ts';

/** Arithmetic and comparison between two vectors. */
export async function combineVectors(call: BinaryCall, left: VectorValue, right: VectorValue): Promise<VectorValue> {
  const { matching } = call.expr;
  const { steps } = call.grid;
  // One-to-many is many-to-one with the sides swapped; only the arithmetic swaps back.
  const isSwapped = matching.cardinality === 'one-to-many';
  const [many, one] = isSwapped ? [right.series, left.series] : [left.series, right.series];
  // Prometheus does not swap the fills, so under group_right `fill_right` is for the "one" side, on the left.
  const { fillRight: fillOne, fillLeft: fillMany } = matching;
  const hasFill = fillOne !== undefined || fillMany !== undefined;
  const manyPresent = hasFill ? new Uint8Array(steps).fill(1) : presence(many, steps);
  const names = new Set(matching.labels);
  const side = { call, isSwapped, fillOne, fillMany, manyPresent, names };
  const series: GridSeries[] = [];
  for (const group of matchGroups(many, one, matching)) {
    const pair = hasFill ? undefined : combinePair(side, group);
    if (pair !== undefined) series.push(pair);
    else series.push(...new GroupMatch(side, group).run());
    if (call.ctx.pace.isDue()) await call.ctx.pace.rest();
  }
  const kept = series.filter((one) => !isEmpty(one));
  return { kind: 'vector', series: isInstant(call.grid) ? kept : mergeSame(kept) };
}

interface Sides {
  readonly call: BinaryCall;
  readonly isSwapped: boolean;
  readonly fillOne?: number;
  readonly fillMany?: number;
  /** Steps at which the many side has anything at all; elsewhere nothing is matched, nor complained about. */
  readonly manyPresent: Uint8Array;
  /** The labels of `on` or `ignoring`. */
  readonly names: ReadonlySet<string>;
}

/**
 * Nearly every match: one series of floats on each side, without fills. Nothing can be matched twice then, and there is
 * one output. Undefined where it is not so. Hot: bench/promql-kernels.ts.
 */
function combinePair(sides: Sides, { left, right }: MatchGroup): GridSeries | undefined {
  const [many, one] = [left[0], right[0]];
  if (left.length !== 1 || right.length !== 1 || many === undefined || one === undefined) return undefined;
  if (many.histograms !== undefined || one.histograms !== undefined) return undefined;
  const { call, isSwapped } = sides;
  const { expr } = call;
  const operator = floatOperator(expr.op);
  if (operator.kind === 'none') return undefined;
  const out = newSeries(resultLabels(many.labels, one.labels, sides), call.grid.steps, expr.bool || many.dropName);
  const [a, b] = isSwapped ? [one, many] : [many, one];
  if (operator.kind === 'number') {
    combineFloats(operator.op, a, b, out);
    return out;
  }
  for (let i = 0; i < out.values.length; i++) {
    if (a.present[i] !== FLOAT || b.present[i] !== FLOAT) continue;
    const keeps = operator.keeps(a.values[i] ?? 0, b.values[i] ?? 0);
    if (!keeps && !expr.bool) continue;
    out.values[i] = expr.bool ? Number(keeps) : (a.values[i] ?? 0);
    out.present[i] = FLOAT;
  }
  return out;
}

const NONE = -1;

/** The matching of one group of series that agree on the matching labels. */
class GroupMatch {
  private readonly sides: Sides;
  private readonly many: readonly GridSeries[];
  private readonly one: readonly GridSeries[];
  private readonly steps: number;
  private readonly isOneToOne: boolean;
  private readonly outputs = new Map<string, GridSeries>();
  /** Steps at which the group (one-to-one) or an output has been matched. */
  private readonly matched = new Map<string, Uint8Array>();
  private readonly any: Uint8Array;

  constructor(sides: Sides, { left, right }: MatchGroup) {
    this.sides = sides;
    this.many = left;
    this.one = right;
    this.steps = sides.call.grid.steps;
    this.isOneToOne = sides.call.expr.matching.cardinality === 'one-to-one';
    this.any = new Uint8Array(this.steps);
  }

  run(): GridSeries[] {
    const { fillOne, fillMany } = this.sides;
    if (this.many.length === 0 && this.one.length < 2 && fillMany === undefined) return [];
    const oneAt = this.ownersOfSteps();
    for (const series of this.many) this.matchSeries(series, oneAt);
    if (fillMany !== undefined) for (const series of this.one) this.fillSeries(series, fillMany);
    return fillOne === undefined && this.one.length === 0 ? [] : [...this.outputs.values()];
  }

  /** Which series of the "one" side holds each step. Two at once cannot be matched. */
  private ownersOfSteps(): Int32Array {
    const owners = new Int32Array(this.steps).fill(NONE);
    for (const [index, { present }] of this.one.entries()) {
      for (let i = 0; i < this.steps; i++) {
        if (present[i] === ABSENT) continue;
        const other = owners[i] ?? NONE;
        if (other !== NONE && this.sides.manyPresent[i] === 1) this.refuseDuplicate(other, index);
        owners[i] = index;
      }
    }
    return owners;
  }

  private refuseDuplicate(a: number, b: number): never {
    const { expr } = this.sides.call;
    const labels = this.one[b]?.labels ?? [];
    const names = [labelsText(this.one[a]?.labels ?? []), labelsText(labels)].sort();
    const side = this.sides.isSwapped ? 'left' : 'right';
    const group = labelsText(matchLabels(labels, expr.matching));
    throw failed(
      `found duplicate series for the match group ${group} on the ${side} hand-side of the operation: ` +
        `[${names.join(', ')}];many-to-many matching not allowed: matching labels must be unique on one side`,
    );
  }

  private matchSeries(series: GridSeries, oneAt: Int32Array): void {
    const { fillOne } = this.sides;
    let from = 0;
    // Runs of steps with the same partner go to the same output.
    while (from < this.steps) {
      const owner = oneAt[from] ?? NONE;
      let to = from + 1;
      while (to < this.steps && oneAt[to] === owner) to++;
      const partner = this.one[owner];
      if (partner !== undefined) this.combine(series, partner, from, to);
      else if (fillOne !== undefined) this.combine(series, this.filler(series, fillOne), from, to);
      from = to;
    }
  }

  /** A stand-in for a missing partner: the matching labels and one value throughout. */
  private filler({ labels }: GridSeries, value: number): GridSeries {
    const filler = newSeries(matchLabels(labels, this.sides.call.expr.matching), this.steps, false);
    filler.values.fill(value);
    filler.present.fill(FLOAT);
    return filler;
  }

  private fillSeries(one: GridSeries, value: number): void {
    const filler = this.filler(one, value);
    const present = one.present.map((kind, i) => (this.any[i] === 1 ? ABSENT : kind));
    this.combine(filler, { ...one, present }, 0, this.steps);
  }

  /** Hot: bench/promql-kernels.ts. */
  private combine(many: GridSeries, one: GridSeries, from: number, to: number): void {
    const { call, isSwapped } = this.sides;
    const { expr } = call;
    const operator = floatOperator(expr.op);
    if (operator.kind === 'none' || many.histograms !== undefined || one.histograms !== undefined) {
      this.combineEach(many, one, from, to);
      return;
    }
    const labels = resultLabels(many.labels, one.labels, this.sides);
    const key = labelsKey(labels);
    const out = this.outputFor(key, labels, many);
    const matched = this.matchedFor(this.isOneToOne ? '' : key);
    for (let i = from; i < to; i++) {
      if (many.present[i] !== FLOAT || one.present[i] !== FLOAT) continue;
      const left = (isSwapped ? one : many).values[i] ?? 0;
      const right = (isSwapped ? many : one).values[i] ?? 0;
      if (matched[i] === 1) this.refuseSecondMatch();
      matched[i] = 1;
      this.any[i] = 1;
      if (operator.kind === 'number') {
        out.values[i] = operator.apply(left, right);
      } else {
        const keeps = operator.keeps(left, right);
        if (!keeps && !expr.bool) continue;
        out.values[i] = expr.bool ? Number(keeps) : left;
      }
      out.present[i] = FLOAT;
    }
  }

  /** As `combine`, where histograms may occur. */
  private combineEach(many: GridSeries, one: GridSeries, from: number, to: number): void {
    const { call, isSwapped } = this.sides;
    const { expr, ctx } = call;
    const labels = resultLabels(many.labels, one.labels, this.sides);
    const key = labelsKey(labels);
    const matched = this.matchedFor(this.isOneToOne ? '' : key);
    for (let i = from; i < to; i++) {
      const [left, right] = [elementAt(isSwapped ? one : many, i), elementAt(isSwapped ? many : one, i)];
      if (left === undefined || right === undefined) continue;
      const result = combineElements(expr, left, right, ctx.notes);
      if (result === undefined) continue;
      if (matched[i] === 1) this.refuseSecondMatch();
      matched[i] = 1;
      this.any[i] = 1;
      const out = this.outputFor(key, labels, many, true);
      if (expr.bool) setElement(out, i, Number(result.keeps));
      else if (result.keeps) setElement(out, i, result.value);
    }
  }

  private refuseSecondMatch(): never {
    const reason = this.isOneToOne
      ? 'many-to-one matching must be explicit (group_left/group_right)'
      : 'grouping labels must ensure unique matches';
    throw failed(`multiple matches for labels: ${reason}`);
  }

  private outputFor(key: string, labels: Labels, many: GridSeries, takesHistograms = false): GridSeries {
    const known = this.outputs.get(key);
    if (known !== undefined && (!takesHistograms || known.histograms !== undefined)) return known;
    const plain = known ?? newSeries(labels, this.steps, this.sides.call.expr.bool || many.dropName);
    const out = takesHistograms ? { ...plain, histograms: new Array(this.steps) } : plain;
    this.outputs.set(key, out);
    return out;
  }

  private matchedFor(key: string): Uint8Array {
    let matched = this.matched.get(key);
    if (matched === undefined) {
      matched = new Uint8Array(this.steps);
      this.matched.set(key, matched);
    }
    return matched;
  }
}

/** The labels that decided the match. */
function matchLabels(labels: Labels, { on, labels: names }: VectorMatching): Labels {
  if (on) return keepNames(labels, new Set(names));
  return withoutNames(labels, new Set([METRIC_NAME, ...names]));
}

function resultLabels(many: Labels, one: Labels, { call, names }: Sides): Labels {
  const { matching, op } = call.expr;
  let labels = floatOperator(op).kind === 'number' ? withoutMetadata(many) : many;
  if (matching.cardinality === 'one-to-one') {
    if (matching.on) labels = keepNames(labels, names);
    else if (names.size > 0) labels = withoutNames(labels, names);
  }
  for (const name of matching.include) labels = withLabel(labels, name, labelValue(one, name));
  return labels;
}
