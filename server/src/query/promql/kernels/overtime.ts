import { KahanSum } from './kahan.ts';
import { quantileOf } from './quantile.ts';
import { eachWindow, type FloatKernel, type WindowFunction } from './windows.ts';

const cell = new KahanSum();

/** The sums below are KahanSum spelled out: in these loops a cell costs twice the time. Hot: bench/promql-kernels.ts. */
export const sumOverTime: FloatKernel = eachWindow(1, (_times, values, from, to) => {
  let sum = 0;
  let lost = 0;
  for (let i = from; i < to; i++) {
    const value = values[i] ?? 0;
    const total = sum + value;
    if (total === Number.POSITIVE_INFINITY || total === Number.NEGATIVE_INFINITY) lost = 0;
    else if (Math.abs(sum) >= Math.abs(value)) lost += sum - total + value;
    else lost += value - total + sum;
    sum = total;
  }
  return sum === Number.POSITIVE_INFINITY || sum === Number.NEGATIVE_INFINITY ? sum : sum + lost;
});

/** The direct mean while the sum fits, else an incremental one. */
export const avgOverTime: FloatKernel = eachWindow(1, (_times, values, from, to) => {
  let sum = values[from] ?? 0;
  let lost = 0;
  for (let i = from + 1; i < to; i++) {
    const value = values[i] ?? 0;
    const total = sum + value;
    if (total === Number.POSITIVE_INFINITY || total === Number.NEGATIVE_INFINITY) {
      cell.reset(sum / (i - from), lost / (i - from));
      return incrementalMean(values, from, i, to);
    }
    if (Math.abs(sum) >= Math.abs(value)) lost += sum - total + value;
    else lost += value - total + sum;
    sum = total;
  }
  const count = to - from;
  return sum / count + lost / count;
});

/** Goes on from the mean of [from, next) in the cell. */
function incrementalMean(values: Float64Array, from: number, next: number, to: number): number {
  for (let i = next; i < to; i++) {
    const count = i - from + 1;
    const share = (count - 1) / count;
    cell.reset(share * cell.sum, share * cell.compensation);
    cell.add((values[i] ?? 0) / count);
  }
  return cell.total;
}

export const countOverTime: FloatKernel = eachWindow(1, (_times, _values, from, to) => to - from);
export const presentOverTime: FloatKernel = eachWindow(1, () => 1);
export const firstOverTime: FloatKernel = eachWindow(1, (_times, values, from) => values[from] ?? 0);
export const lastOverTime: FloatKernel = eachWindow(1, (_times, values, _from, to) => values[to - 1] ?? 0);
export const timeOfFirst: FloatKernel = eachWindow(1, (times, _values, from) => (times[from] ?? 0) / 1000);
export const timeOfLast: FloatKernel = eachWindow(1, (times, _values, _from, to) => (times[to - 1] ?? 0) / 1000);

/**
 * From window to window the champion stays while it is inside, and only samples that are new must beat it. Where it has
 * left, or is NaN, the window is looked at as a whole. `sign`: 1 for the greatest, -1 for the smallest.
 */
const extremeOverTime =
  (sign: 1 | -1): FloatKernel =>
  ({ values }, { steps, from, to }, out) => {
    let champion = -1;
    let seen = 0;
    for (let step = 0; step < steps; step++) {
      const first = from[step] ?? 0;
      const end = to[step] ?? 0;
      if (first === end) continue;
      if (champion < first || end < seen || Number.isNaN(values[champion])) champion = seen = first;
      for (; seen < end; seen++) {
        const best = values[champion] ?? 0;
        if (sign * (values[seen] ?? 0) > sign * best || Number.isNaN(best)) champion = seen;
      }
      out.values[step] = values[champion] ?? 0;
      out.present[step] = 1;
    }
  };

export const maxOverTime = extremeOverTime(1);
export const minOverTime = extremeOverTime(-1);

/** The time of the last of the greatest values. */
export const timeOfMax: FloatKernel = eachWindow(1, (times, values, from, to) => {
  let at = from;
  for (let i = from; i < to; i++) {
    const best = values[at] ?? 0;
    if ((values[i] ?? 0) >= best || Number.isNaN(best)) at = i;
  }
  return (times[at] ?? 0) / 1000;
});

/** The time of the last of the smallest values. */
export const timeOfMin: FloatKernel = eachWindow(1, (times, values, from, to) => {
  let at = from;
  for (let i = from; i < to; i++) {
    const best = values[at] ?? 0;
    if ((values[i] ?? 0) <= best || Number.isNaN(best)) at = i;
  }
  return (times[at] ?? 0) / 1000;
});

export const stdvarOverTime: FloatKernel = eachWindow(1, variance);
export const stddevOverTime: FloatKernel = eachWindow(1, (times, values, from, to, step, frame) =>
  Math.sqrt(variance(times, values, from, to, step, frame)),
);

const squares = new KahanSum();

function variance(...[, values, from, to]: Parameters<WindowFunction>): number {
  cell.reset(0, 0);
  squares.reset(0, 0);
  for (let i = from; i < to; i++) {
    const value = values[i] ?? 0;
    const distance = value - cell.total;
    cell.add(distance / (i - from + 1));
    squares.add(distance * (value - cell.total));
  }
  return squares.total / (to - from);
}

let scratch = new Float64Array(64);

function copyWindow(values: Float64Array, from: number, to: number): Float64Array {
  if (scratch.length < to - from) scratch = new Float64Array(2 * (to - from));
  scratch.set(values.subarray(from, to));
  return scratch;
}

export const quantileOverTime: FloatKernel = eachWindow(1, (_times, values, from, to, step, frame) =>
  quantileOf(frame.scalars[0]?.[step] ?? 0, copyWindow(values, from, to), to - from),
);

/** The median distance from the median. */
export const madOverTime: FloatKernel = eachWindow(1, (_times, values, from, to) => {
  const count = to - from;
  const window = copyWindow(values, from, to);
  for (let i = 0; i < count; i++) if (Number.isNaN(window[i])) return Number.NaN;
  const median = quantileOf(0.5, window, count);
  for (let i = 0; i < count; i++) window[i] = Math.abs((window[i] ?? 0) - median);
  return quantileOf(0.5, window, count);
});

export const changes: FloatKernel = eachWindow(1, (_times, values, from, to) => {
  let count = 0;
  for (let i = from + 1; i < to; i++) {
    const now = values[i] ?? 0;
    const before = values[i - 1] ?? 0;
    if (now !== before && !(Number.isNaN(now) && Number.isNaN(before))) count++;
  }
  return count;
});

export const resets: FloatKernel = eachWindow(1, (_times, values, from, to) => {
  let count = 0;
  for (let i = from + 1; i < to; i++) if ((values[i] ?? 0) < (values[i - 1] ?? 0)) count++;
  return count;
});
