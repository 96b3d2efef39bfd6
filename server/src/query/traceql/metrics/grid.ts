/** The points in time that series are computed for; each tells of the step that ends with it: (t - step, t]. */
import { type Limits, Refusal } from '#model';
import { int, type Sql, sql } from '#store';
import { momentNs } from '../../stored/index.ts';

export interface Grid {
  /** Exclusive. */
  readonly afterNs: bigint;
  /** Inclusive. */
  readonly untilNs: bigint;
  readonly stepNs: bigint;
  readonly count: number;
}

/** Aligned to the step, outwards, so that the same question asked a moment later tells the same of the past. */
export function rangeGrid(
  { startNs, endNs, stepNs }: { startNs: bigint; endNs: bigint; stepNs: bigint },
  limits: Limits['query'],
): Grid {
  const afterNs = startNs - (startNs % stepNs) - stepNs;
  const over = endNs % stepNs;
  const untilNs = over === 0n ? endNs : endNs + stepNs - over;
  const count = Number((untilNs - afterNs) / stepNs);
  if (count > limits.pointsPerSeriesMax) {
    throw new Refusal(
      `the range holds ${count} steps, limits.query.pointsPerSeriesMax is ${limits.pointsPerSeriesMax}; take a larger step`,
      { code: 'BAD_REQUEST' },
    );
  }
  return { afterNs, untilNs, stepNs, count };
}

/** One point for the whole range, both ends included. */
export function instantGrid({ startNs, endNs }: { startNs: bigint; endNs: bigint }): Grid {
  return { afterNs: startNs - 1n, untilNs: endNs, stepNs: endNs - startNs + 1n, count: 1 };
}

export const timeOf = (grid: Grid, index: number): number =>
  Number((grid.count === 1 ? grid.untilNs : grid.afterNs + grid.stepNs * BigInt(index + 1)) / 1_000_000n);

export function indexOf(grid: Grid, ns: bigint): number | undefined {
  if (ns <= grid.afterNs || ns > grid.untilNs) return undefined;
  return Number((ns - grid.afterNs - 1n) / grid.stepNs);
}

export const withinGrid = ({ afterNs, untilNs }: Grid): Sql =>
  sql`time > ${momentNs(afterNs)} AND time <= ${momentNs(untilNs)}`;

export const indexSql = ({ afterNs, stepNs }: Grid): Sql =>
  sql`intDiv(toUnixTimestamp64Nano(time) - ${int(afterNs + 1n)}, ${int(stepNs)})`;
