import { type Aggregation, type Group, groupsOf, scalarParam } from './aggregate.ts';
import { failed } from './failures.ts';
import { formatG } from './goformat.ts';
import { labelsText } from './labelset.ts';
import { ratioOffset } from './ratio.ts';
import { ABSENT, FLOAT, type GridSeries, HISTOGRAM, isEmpty, isInstant, type VectorValue } from './values.ts';

/** topk, bottomk, limitk and limit_ratio: some of each group's series, step by step, unchanged. */
export async function selectBest(aggregation: Aggregation): Promise<VectorValue> {
  const { expr, input, grid, ctx } = aggregation;
  const params = scalarParam(aggregation);
  if (!checkParameter(aggregation, params)) return { kind: 'vector', series: [] };
  const masks = new Map<GridSeries, Uint8Array>(
    input.series.map((series) => [series, new Uint8Array(grid.steps)] as const),
  );
  const picks = expr.op === 'limit_ratio' ? pickRatio : expr.op === 'limitk' ? pickFirst : pickExtremes;
  const order: GridSeries[] = [];
  for (const group of groupsOf(input.series, expr)) {
    for (let step = 0; step < grid.steps; step++) {
      for (const series of picks(group, step, params[step] ?? 0, aggregation)) {
        const mask = masks.get(series);
        if (mask !== undefined) mask[step] = 1;
        if (isInstant(grid)) order.push(series);
      }
      if (ctx.pace.isDue()) await ctx.pace.rest();
    }
  }
  if (isInstant(grid)) return { kind: 'vector', series: order };
  const series = input.series.map((one) => masked(one, masks.get(one))).filter((one) => !isEmpty(one));
  return { kind: 'vector', series };
}

function masked(series: GridSeries, mask: Uint8Array | undefined): GridSeries {
  return { ...series, present: series.present.map((kind, i) => (mask?.[i] === 1 ? kind : ABSENT)) };
}

const int64 = 2 ** 63;

/** False when the parameter lets nothing through at any step. */
function checkParameter({ expr, ctx }: Aggregation, params: Float64Array): boolean {
  const numbers = params.filter((value) => !Number.isNaN(value));
  const most = numbers.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const least = numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const hasNaN = numbers.length < params.length;
  if (expr.op === 'limit_ratio') {
    if (numbers.length > 0 && most === 0 && least === 0) return false;
    if (hasNaN) throw failed('Ratio value is NaN');
    if (most > 1) ctx.notes.invalidRatio(most, 1, expr.param ?? expr);
    if (least < -1) ctx.notes.invalidRatio(least, -1, expr.param ?? expr);
    return true;
  }
  if (numbers.length > 0 && most < 1) return false;
  if (hasNaN) throw failed('Parameter value is NaN');
  if (least <= -int64) throw failed(`Scalar value ${formatG(least)} underflows int64`);
  if (most >= int64) throw failed(`Scalar value ${formatG(most)} overflows int64`);
  return true;
}

/** The k greatest (or smallest) floats of a group, best first. NaN is worse than any number. */
function pickExtremes(group: Group, step: number, param: number, { expr, ctx }: Aggregation): GridSeries[] {
  const limit = Math.min(Math.trunc(param), group.members.length);
  if (limit < 1) return [];
  const isWorse = expr.op === 'topk' ? (a: number, b: number) => a < b : (a: number, b: number) => a > b;
  const heap = new WorstFirst(step, isWorse);
  for (const series of group.members) {
    if (series.present[step] === HISTOGRAM) ctx.notes.ignoredInAggregation(expr.op, expr);
    if (series.present[step] === FLOAT) heap.offer(series, limit);
  }
  return heap.bestFirst();
}

/** A binary heap with the worst member on top; members that equal the worst do not replace it. */
class WorstFirst {
  private readonly items: GridSeries[] = [];
  private readonly step: number;
  private readonly isWorse: (a: number, b: number) => boolean;

  constructor(step: number, isWorse: (a: number, b: number) => boolean) {
    this.step = step;
    this.isWorse = isWorse;
  }

  offer(series: GridSeries, limit: number): void {
    if (this.items.length < limit) {
      this.items.push(series);
      this.up(this.items.length - 1);
      return;
    }
    const worst = this.value(0);
    const value = series.values[this.step] ?? 0;
    if (!this.isWorse(worst, value) && !(Number.isNaN(worst) && !Number.isNaN(value))) return;
    this.items[0] = series;
    this.down();
  }

  bestFirst(): GridSeries[] {
    const { step } = this;
    const own = (series: GridSeries): number => series.values[step] ?? 0;
    return [...this.items].sort((a, b) => {
      const [x, y] = [own(a), own(b)];
      if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
      return x === y ? 0 : this.isWorse(x, y) ? 1 : -1;
    });
  }

  private value(index: number): number {
    return this.items[index]?.values[this.step] ?? 0;
  }

  private goesFirst(a: number, b: number): boolean {
    const value = this.value(a);
    return Number.isNaN(value) || this.isWorse(value, this.value(b));
  }

  private swap(a: number, b: number): void {
    const [first, second] = [this.items[a], this.items[b]];
    if (first === undefined || second === undefined) return;
    this.items[a] = second;
    this.items[b] = first;
  }

  private up(start: number): void {
    for (let i = start; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (!this.goesFirst(i, parent)) return;
      this.swap(i, parent);
      i = parent;
    }
  }

  private down(): void {
    const count = this.items.length;
    for (let i = 0; ; ) {
      let child = 2 * i + 1;
      if (child >= count) return;
      if (child + 1 < count && this.goesFirst(child + 1, child)) child++;
      if (!this.goesFirst(child, i)) return;
      this.swap(i, child);
      i = child;
    }
  }
}

/** Any k series of a group: the first ones. */
function pickFirst(group: Group, step: number, param: number): GridSeries[] {
  const limit = Math.trunc(param);
  if (limit < 1) return [];
  const picked: GridSeries[] = [];
  for (const series of group.members) {
    if (series.present[step] !== ABSENT) picked.push(series);
    if (picked.length === limit) break;
  }
  return picked;
}

/** A share of the series, the same ones every time; a negative share takes the complement. */
function pickRatio(group: Group, step: number, param: number): GridSeries[] {
  const ratio = Math.max(-1, Math.min(1, param));
  if (ratio === 0) return [];
  return group.members.filter((series) => {
    if (series.present[step] === ABSENT) return false;
    const offset = ratioOffset(labelsText(series.labels));
    return ratio > 0 ? offset < ratio : offset >= 1 + ratio;
  });
}
