import { labelValue } from '#model';
import { METRIC_NAME } from '../labelset.ts';
import { beginsInside, hasRestarted, overlaps } from '../starts.ts';
import { add, subtract } from './combine.ts';
import { compact, divide, type Histogram, multiply, noBuckets, usesCustomBuckets } from './histogram.ts';
import { withSchema } from './layout.ts';
import { isReset } from './resets.ts';
import { type HistogramPoint, histogramsOf, type MixedWindow, type Sample } from './window.ts';

export type RateKind = 'rate' | 'increase' | 'delta';

/** Whom a note is about, and where it goes. */
export type Noted = Pick<MixedWindow, 'labels' | 'notes' | 'at'>;

const metricOf = ({ labels }: Noted): string => labelValue(labels, METRIC_NAME);

/** rate, increase and delta of a window of histograms: the change, stretched to the window's edges as for floats. */
export function histogramRate(window: MixedWindow, kind: RateKind): Histogram | undefined {
  const points = histogramsOf(window);
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const endMs = window.frame.endsMs[window.step] ?? 0;
  const startMs = endMs - window.frame.rangeMs;
  // Where the first sample's beginning lies in the window, it counts from zero at that time.
  const isWhole = kind !== 'delta' && beginsInside(first, startMs);
  const change = points.length > 1 ? changeOver(points, window, kind !== 'delta') : undefined;
  const whole = isWhole ? withFirst(change, first.element, window, points.length === 1) : change;
  if (whole === undefined) return undefined;
  const averageSeconds = points.length === 1 ? 0 : (last.timeMs - first.timeMs) / 1000 / (points.length - 1);
  const sampledSeconds = (last.timeMs - (isWhole ? first.startMs : first.timeMs)) / 1000;
  let startSeconds = isWhole ? 0 : (first.timeMs - startMs) / 1000;
  let endSeconds = (endMs - last.timeMs) / 1000;
  const threshold = averageSeconds * 1.1;
  if (!isWhole && startSeconds >= threshold) startSeconds = averageSeconds / 2;
  if (kind !== 'delta' && whole.count > 0 && first.element.count >= 0) {
    startSeconds = Math.min(startSeconds, sampledSeconds * (first.element.count / whole.count));
  }
  if (endSeconds >= threshold) endSeconds = averageSeconds / 2;
  const factor = sampledSeconds === 0 ? 1 : (sampledSeconds + startSeconds + endSeconds) / sampledSeconds;
  return multiply(whole, kind === 'rate' ? factor / (window.frame.rangeMs / 1000) : factor);
}

function withFirst(
  change: Histogram | undefined,
  first: Histogram,
  window: MixedWindow,
  isOnly: boolean,
): Histogram | undefined {
  if (change === undefined) return isOnly ? first : undefined;
  return combined(add(change, first), 'addition', window);
}

function changeOver(points: readonly HistogramPoint[], window: MixedWindow, isCounter: boolean): Histogram | undefined {
  const histograms = points.map(({ element }) => element);
  const [first, second, last] = [points[0], points[1], histograms.at(-1)];
  if (first === undefined || second === undefined || last === undefined) return undefined;
  const { notes, at } = window;
  noteKinds(histograms, window, isCounter);
  // Before a reset the first sample says nothing, so its layout does not matter either.
  const start = isCounter && isRestart(first, second) ? emptyLike(second.element) : first.element;
  const layouts = isCounter ? [start, ...histograms.slice(1)] : [start, last];
  if (layouts.some((each) => usesCustomBuckets(each) !== usesCustomBuckets(start))) {
    notes.mixedSchemas(metricOf(window), at);
    return undefined;
  }
  const schema = layouts.reduce((least, each) => Math.min(least, each.schema), last.schema);
  let change = combined(subtract(coarser(last, schema), start), 'subtraction', window);
  if (!isCounter || change === undefined) return change && gauge(change);
  if (points.some((now, i) => i > 0 && overlaps(points[i - 1] ?? now, now))) notes.startOverlap(metricOf(window), at);
  let before: HistogramPoint = { ...first, element: start };
  for (const now of points.slice(1)) {
    if (change !== undefined && isRestart(before, now)) {
      change = combined(add(change, before.element), 'addition', window);
    }
    before = now;
  }
  return change && gauge(change);
}

function isRestart(before: HistogramPoint, now: HistogramPoint): boolean {
  return hasRestarted(before, now) || isReset(now.element, before.element);
}

/** The combination, if there is one; says in the notes what did not fit. */
export function combined(
  result: ReturnType<typeof add>,
  operation: 'addition' | 'subtraction',
  window: Noted,
): Histogram | undefined {
  if (result === undefined) window.notes.mixedSchemas(metricOf(window), window.at);
  else if (result.areBoundsReconciled) window.notes.reconciledBounds(operation, window.at);
  return result?.histogram;
}

function coarser(histogram: Histogram, schema: number): Histogram {
  return usesCustomBuckets(histogram) ? histogram : withSchema(histogram, schema);
}

const gauge = (histogram: Histogram): Histogram => compact({ ...histogram, resetHint: 'gauge' });

function emptyLike({ schema, customBounds }: Histogram): Histogram {
  const sides = { positive: noBuckets, negative: noBuckets };
  return { schema, customBounds, count: 0, sum: 0, zeroCount: 0, zeroThreshold: 0, ...sides, resetHint: 'unknown' };
}

function noteKinds(histograms: readonly Histogram[], window: MixedWindow, isCounter: boolean): void {
  const isGauge = ({ resetHint }: Histogram): boolean => resetHint === 'gauge';
  const [first, last] = [histograms[0], histograms.at(-1)];
  if (isCounter) {
    if (histograms.some(isGauge)) window.notes.notCounterHistogram(metricOf(window), window.at);
  } else if (first !== undefined && last !== undefined && !(isGauge(first) && isGauge(last))) {
    window.notes.notGaugeHistogram(metricOf(window), window.at);
  }
}

/** irate and idelta of a window's last two samples. */
export function histogramIrate(
  window: MixedWindow,
  [before, now]: readonly Sample[],
  isRate: boolean,
): number | Histogram | undefined {
  if (before === undefined || now === undefined || before.timeMs === now.timeMs) return undefined;
  const seconds = (now.timeMs - before.timeMs) / 1000;
  if (typeof before.element === 'number' && typeof now.element === 'number') {
    const hasFallen = now.element < before.element || hasRestarted(before, now);
    const change = isRate && hasFallen ? now.element : now.element - before.element;
    return isRate ? change / seconds : change;
  }
  const { notes, at } = window;
  if (typeof before.element === 'number' || typeof now.element === 'number') {
    notes.mixedFloatsHistograms(metricOf(window), at);
    return undefined;
  }
  noteKinds([before.element, now.element], window, isRate);
  let change: Histogram | undefined = now.element;
  if (!isRate || !(hasRestarted(before, now) || isReset(now.element, before.element))) {
    change = combined(subtract(now.element, before.element), 'subtraction', window);
  }
  if (change === undefined) return undefined;
  return isRate ? divide(gauge(change), seconds) : gauge(change);
}
