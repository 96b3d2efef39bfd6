import { KahanSum } from './kahan.ts';
import { eachWindow, type FloatKernel } from './windows.ts';

const sumX = new KahanSum();
const sumY = new KahanSum();
const sumXY = new KahanSum();
const sumX2 = new KahanSum();

interface Line {
  readonly slope: number;
  readonly intercept: number;
}

/** Least squares over a window; x in seconds from `originMs`, so that large times cost no precision. */
function fitLine(times: Float64Array, values: Float64Array, from: number, to: number, originMs: number): Line {
  for (const sum of [sumX, sumY, sumXY, sumX2]) sum.reset(0, 0);
  const firstY = values[from] ?? 0;
  let isConstant = true;
  for (let i = from; i < to; i++) {
    const y = values[i] ?? 0;
    if (i > from && y !== firstY) isConstant = false;
    const x = ((times[i] ?? 0) - originMs) / 1000;
    sumX.add(x);
    sumY.add(y);
    sumXY.add(x * y);
    sumX2.add(x * x);
  }
  if (isConstant) {
    const isInfinite = firstY === Number.POSITIVE_INFINITY || firstY === Number.NEGATIVE_INFINITY;
    return isInfinite ? { slope: Number.NaN, intercept: Number.NaN } : { slope: 0, intercept: firstY };
  }
  const count = to - from;
  const [x, y] = [sumX.total, sumY.total];
  const covariance = sumXY.total - (x * y) / count;
  const variance = sumX2.total - (x * x) / count;
  const slope = covariance / variance;
  return { slope, intercept: y / count - (slope * x) / count };
}

export const deriv: FloatKernel = eachWindow(
  2,
  (times, values, from, to) => fitLine(times, values, from, to, times[from] ?? 0).slope,
);

export const predictLinear: FloatKernel = eachWindow(2, (times, values, from, to, step, frame) => {
  const { slope, intercept } = fitLine(times, values, from, to, frame.timesMs[step] ?? 0);
  return slope * (frame.scalars[0]?.[step] ?? 0) + intercept;
});

/** Holt's linear trend: smoothing factor first, trend factor second. */
export const doubleExponentialSmoothing: FloatKernel = eachWindow(2, (_times, values, from, to, step, frame) => {
  const smoothing = frame.scalars[0]?.[step] ?? 0;
  const trending = frame.scalars[1]?.[step] ?? 0;
  let before = 0;
  let level = values[from] ?? 0;
  let trend = (values[from + 1] ?? 0) - level;
  for (let i = from + 1; i < to; i++) {
    if (i > from + 1) trend = trending * (level - before) + (1 - trending) * trend;
    const next = smoothing * (values[i] ?? 0) + (1 - smoothing) * (level + trend);
    before = level;
    level = next;
  }
  return level;
});
