import { labelValue } from '#model';
import type { FloatKernel, Frame } from '../kernels/windows.ts';
import { METRIC_NAME } from '../labelset.ts';
import { beginsInside, hasRestarted, overlaps } from '../starts.ts';
import { FLOAT, type GridSeries, type RawSeries } from '../values.ts';
import type { Call } from './call.ts';

/** The counter functions for float series of which it is known when their counts began. Undefined for other functions. */
export function startedKernel(name: string, call: Call): FloatKernel | undefined {
  switch (name) {
    case 'rate':
    case 'increase':
      return eachStarted(1, (window) => extrapolated(window, name === 'rate', call));
    case 'irate':
      return eachStarted(2, latestRate);
    case 'resets':
      return eachStarted(1, countRestarts);
    default:
      return undefined;
  }
}

interface StartedPoint {
  readonly timeMs: number;
  readonly startMs: number;
  readonly value: number;
}

interface StartedWindow {
  readonly points: readonly StartedPoint[];
  readonly startMs: number;
  readonly endMs: number;
  readonly series: RawSeries;
}

function eachStarted(pointsMin: number, answer: (window: StartedWindow) => number | undefined): FloatKernel {
  return (series: RawSeries, frame: Frame, out: GridSeries) => {
    for (let step = 0; step < frame.steps; step++) {
      const points = pointsOf(series, frame.from[step] ?? 0, frame.to[step] ?? 0);
      if (points.length < pointsMin) continue;
      const endMs = frame.endsMs[step] ?? 0;
      const value = answer({ points, startMs: endMs - frame.rangeMs, endMs, series });
      if (value === undefined) continue;
      out.values[step] = value;
      out.present[step] = FLOAT;
    }
  };
}

function pointsOf({ timesMs, values, startsMs }: RawSeries, from: number, to: number): StartedPoint[] {
  const points: StartedPoint[] = [];
  for (let i = from; i < to; i++) {
    points.push({ timeMs: timesMs[i] ?? 0, startMs: startsMs?.[i] ?? 0, value: values[i] ?? 0 });
  }
  return points;
}

/** Every two neighbours, the earlier first. */
function neighbours(points: readonly StartedPoint[]): (readonly [before: StartedPoint, now: StartedPoint])[] {
  return points.slice(1).flatMap((now, i) => {
    const before = points[i];
    return before === undefined ? [] : [[before, now] as const];
  });
}

const hasFallen = (before: StartedPoint, now: StartedPoint): boolean =>
  now.value < before.value || hasRestarted(before, now);

/** As kernels/rate.ts, but where the first sample's beginning lies in the window, it counts from zero at that time. */
function extrapolated(window: StartedWindow, perSecond: boolean, call: Call): number | undefined {
  const { points, series } = window;
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const isWhole = beginsInside(first, window.startMs);
  if (points.length === 1 && !isWhole) return undefined;
  const pairs = neighbours(points);
  if (pairs.some(([before, now]) => overlaps(before, now))) {
    call.ctx.notes.startOverlap(labelValue(series.labels, METRIC_NAME), call.expr.args[0] ?? call.expr);
  }
  let change = last.value - (isWhole ? 0 : first.value);
  for (const [before, now] of pairs) if (hasFallen(before, now)) change += before.value;

  const averageSeconds = pairs.length === 0 ? 0 : (last.timeMs - first.timeMs) / 1000 / pairs.length;
  const sampledSeconds = (last.timeMs - (isWhole ? first.startMs : first.timeMs)) / 1000;
  const startSeconds = isWhole ? 0 : secondsBefore(window, first, averageSeconds, change);
  let endSeconds = (window.endMs - last.timeMs) / 1000;
  if (endSeconds >= averageSeconds * 1.1) endSeconds = averageSeconds / 2;
  const factor = sampledSeconds === 0 ? 1 : (sampledSeconds + startSeconds + endSeconds) / sampledSeconds;
  return change * (perSecond ? factor / ((window.endMs - window.startMs) / 1000) : factor);
}

/** How far to stretch to the left: to the edge or half a distance, but never below a counter's zero. */
function secondsBefore(window: StartedWindow, first: StartedPoint, averageSeconds: number, change: number): number {
  let seconds = (first.timeMs - window.startMs) / 1000;
  if (seconds >= averageSeconds * 1.1) seconds = averageSeconds / 2;
  if (!(change > 0 && first.value >= 0)) return seconds;
  const sampledSeconds = averageSeconds * (window.points.length - 1);
  return Math.min(seconds, sampledSeconds * (first.value / change));
}

function latestRate({ points }: StartedWindow): number | undefined {
  const [before, now] = points.slice(-2);
  if (before === undefined || now === undefined) return undefined;
  const change = hasFallen(before, now) ? now.value : now.value - before.value;
  return change / ((now.timeMs - before.timeMs) / 1000);
}

function countRestarts({ points }: StartedWindow): number {
  return neighbours(points).filter(([before, now]) => hasFallen(before, now)).length;
}
