import { labelValue } from '#model';
import { type Ends, endsOf } from '../edges.ts';
import { METRIC_NAME } from '../labelset.ts';
import { add, subtract } from './combine.ts';
import { compact, divide, type Histogram, multiply, usesCustomBuckets } from './histogram.ts';
import { combined, type Noted, type RateKind } from './rate.ts';
import { isReset } from './resets.ts';
import { edgesOf, type HistogramPoint, histogramsOf, type MixedWindow } from './window.ts';

/** rate, increase and delta of histograms under an extended range selector. */
export function extendedHistogramRate(window: MixedWindow, kind: RateKind, isSmoothed: boolean): Histogram | undefined {
  const points = histogramsOf(window);
  const times = points.map(({ timeMs }) => timeMs);
  const edges = edgesOf(window, isSmoothed);
  const ends = endsOf(times, [0, points.length], edges);
  const isCounter = kind !== 'delta';
  if (ends === undefined || (times[ends.first] ?? 0) > edges.endMs) return undefined;
  if (!areAlike(points.slice(ends.first, ends.last + 1), window, isCounter)) return undefined;
  const { first, last } = ends;
  const startsBefore = isSmoothed && (times[first] ?? 0) < edges.startMs;
  const endsAfter = isSmoothed && last > 0 && (times[last] ?? 0) > edges.endMs;
  const left = startsBefore ? between(points, first, edges.startMs, isCounter, window) : points[first]?.element;
  if (left === undefined) return undefined;
  const right = endsAfter ? between(points, last - 1, edges.endMs, isCounter, window) : points[last]?.element;
  if (right === undefined) return undefined;
  if (!isCounter && !(left.resetHint === 'gauge' && right.resetHint === 'gauge')) {
    window.notes.notGaugeHistogram(labelValue(window.labels, METRIC_NAME), window.at);
  }
  let change = combined(subtract(right, left), 'subtraction', window);
  if (isCounter) {
    for (const each of lostBetween(points, ends, { left, right, startsBefore }))
      change = change && combined(add(change, each), 'addition', window);
  }
  if (change === undefined) return undefined;
  return compact({ ...(kind === 'rate' ? divide(change, window.frame.rangeMs / 1000) : change), resetHint: 'gauge' });
}

function areAlike(points: readonly HistogramPoint[], window: MixedWindow, isCounter: boolean): boolean {
  const metric = labelValue(window.labels, METRIC_NAME);
  const isCustom = points[0] !== undefined && usesCustomBuckets(points[0].element);
  for (const { element } of points) {
    if (usesCustomBuckets(element) !== isCustom) {
      window.notes.mixedSchemas(metric, window.at);
      return false;
    }
    if (isCounter && element.resetHint === 'gauge') window.notes.notCounterHistogram(metric, window.at);
  }
  return true;
}

/** On the way from the point at `index` to the next. A counter that fell between them began at zero. */
export function between(
  points: readonly HistogramPoint[],
  index: number,
  timeMs: number,
  isCounter: boolean,
  noted: Noted,
): Histogram | undefined {
  const [before, after] = [points[index], points[index + 1]];
  if (before === undefined || timeMs === before.timeMs) return before?.element;
  if (after === undefined || timeMs === after.timeMs) return after?.element;
  const share = (timeMs - before.timeMs) / (after.timeMs - before.timeMs);
  if (isCounter && isReset(after.element, before.element)) return multiply(after.element, share);
  const rise = combined(subtract(after.element, before.element), 'subtraction', noted);
  return rise && combined(add(multiply(rise, share), before.element), 'addition', noted);
}

interface EdgeHistograms {
  readonly left: Histogram;
  readonly right: Histogram;
  /** The left one was made from the two points around the window's start. */
  readonly startsBefore: boolean;
}

/** What the counter held before each of its restarts inside the window. */
function lostBetween(points: readonly HistogramPoint[], { first, last }: Ends, edge: EdgeHistograms): Histogram[] {
  const [outside, inside] = [points[first]?.element, points[first + 1]?.element];
  const isCounted = edge.startsBefore && outside !== undefined && inside !== undefined && isReset(inside, outside);
  let before = isCounted ? inside : edge.left;
  const from = isCounted ? first + 2 : first + 1;
  // The right edge stands for the last point, and with a hint of a reset would be one after itself.
  if (from > last) return [];
  const lost: Histogram[] = [];
  for (const now of [...points.slice(from, last).map(({ element }) => element), edge.right]) {
    if (isReset(now, before)) lost.push(before);
    before = now;
  }
  return lost;
}
