import type { GridSeries, RawSeries } from '../values.ts';
import { eachWindow, type FloatKernel, type Frame } from './windows.ts';

export const rate: FloatKernel = (series, frame, out) => extrapolate(series, frame, out, true, true);
export const increase: FloatKernel = (series, frame, out) => extrapolate(series, frame, out, true, false);
export const delta: FloatKernel = (series, frame, out) => extrapolate(series, frame, out, false, false);

/**
 * The change over each window, stretched to the window's edges as Prometheus does: all the way when a sample was to be
 * expected there (within 1.1 average distances), else by half a distance; never below a counter's zero.
 * Hot: bench/promql-kernels.ts.
 */
function extrapolate(series: RawSeries, frame: Frame, out: GridSeries, isCounter: boolean, perSecond: boolean): void {
  const { timesMs, values } = series;
  const { from, to, endsMs, rangeMs, steps } = frame;
  const start = from[0] ?? 0;
  const falls = isCounter ? fallsOf(values, start, to[steps - 1] ?? 0) : undefined;
  const rangeSeconds = rangeMs / 1000;
  for (let i = 0; i < steps; i++) {
    const first = from[i] ?? 0;
    const last = (to[i] ?? 0) - 1;
    const intervals = last - first;
    if (intervals < 1) continue;
    const firstValue = values[first] ?? 0;
    const firstMs = timesMs[first] ?? 0;
    const lastMs = timesMs[last] ?? 0;
    const endMs = endsMs[i] ?? 0;
    let change = (values[last] ?? 0) - firstValue;
    if (falls !== undefined && falls[last - start] !== falls[first - start])
      change = withFallen(change, values, first, last);

    const sampledMs = lastMs - firstMs;
    const startMs = firstMs - (endMs - rangeMs);
    const sampledSeconds = sampledMs / 1000;
    let startSeconds = startMs / 1000;
    let endSeconds = (endMs - lastMs) / 1000;
    // What is nearer than the average distance itself is nearer than the threshold, and needs no division to tell.
    const isNear = startMs * intervals < sampledMs && (endMs - lastMs) * intervals < sampledMs;
    const averageSeconds = isNear ? 0 : sampledSeconds / intervals;
    const threshold = averageSeconds * 1.1;
    if (!isNear && startSeconds >= threshold) startSeconds = averageSeconds / 2;
    // A counter that has twice grown so much before cannot have been zero within the window.
    if (isCounter && change > 0 && firstValue >= 0 && !(isNear && firstValue >= 2 * change)) {
      const zeroSeconds = sampledSeconds * (firstValue / change);
      if (zeroSeconds < startSeconds) startSeconds = zeroSeconds;
    }
    if (!isNear && endSeconds >= threshold) endSeconds = averageSeconds / 2;
    let factor = sampledSeconds === 0 ? 1 : (sampledSeconds + startSeconds + endSeconds) / sampledSeconds;
    if (perSecond) factor /= rangeSeconds;
    out.values[i] = change * factor;
    out.present[i] = 1;
  }
}

/**
 * How often the counter has fallen up to each of the samples [from, to), or undefined when it never does. They may lie
 * far inside a long array, so the answer begins with the first of them.
 */
function fallsOf(values: Float64Array, from: number, to: number): Int32Array | undefined {
  let falls: Int32Array | undefined;
  let count = 0;
  for (let i = from + 1; i < to; i++) {
    if ((values[i] ?? 0) < (values[i - 1] ?? 0)) {
      falls ??= new Int32Array(to - from);
      count++;
    }
    if (falls !== undefined) falls[i - from] = count;
  }
  return falls;
}

/** Adds what the counter lost in restarts, its value before each, one by one: where values are huge, the order matters. */
function withFallen(change: number, values: Float64Array, first: number, last: number): number {
  let whole = change;
  for (let i = first + 1; i <= last; i++) {
    const before = values[i - 1] ?? 0;
    if ((values[i] ?? 0) < before) whole += before;
  }
  return whole;
}

/** Per second, from the last two samples. A fall is a restart from zero. */
export const irate: FloatKernel = eachWindow(2, (times, values, _from, to) => {
  const before = values[to - 2] ?? 0;
  const now = values[to - 1] ?? 0;
  const seconds = ((times[to - 1] ?? 0) - (times[to - 2] ?? 0)) / 1000;
  return (now < before ? now : now - before) / seconds;
});

export const idelta: FloatKernel = eachWindow(
  2,
  (_times, values, _from, to) => (values[to - 1] ?? 0) - (values[to - 2] ?? 0),
);
