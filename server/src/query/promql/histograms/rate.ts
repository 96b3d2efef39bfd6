import { labelValue } from '#model';
import { METRIC_NAME } from '../labelset.ts';
import { add, subtract } from './combine.ts';
import { compact, divide, type Histogram, multiply, noBuckets, usesCustomBuckets } from './histogram.ts';
import { withSchema } from './layout.ts';
import { isReset } from './resets.ts';
import { type HistogramPoint, histogramsOf, type MixedWindow, type Sample } from './window.ts';

export type RateKind = 'rate' | 'increase' | 'delta';

const metricOf = (window: MixedWindow): string => labelValue(window.labels, METRIC_NAME);

/** rate, increase and delta of a window of histograms: the change, stretched to the window's edges as for floats. */
export function histogramRate(window: MixedWindow, kind: RateKind): Histogram | undefined {
  const points = histogramsOf(window);
  const [first, last] = [points[0], points.at(-1)];
  if (points.length < 2 || first === undefined || last === undefined) return undefined;
  const change = changeOver(points, window, kind !== 'delta');
  if (change === undefined) return undefined;
  const endMs = window.frame.endsMs[window.step] ?? 0;
  const sampledSeconds = (last.timeMs - first.timeMs) / 1000;
  const averageSeconds = sampledSeconds / (points.length - 1);
  const threshold = averageSeconds * 1.1;
  let startSeconds = (first.timeMs - (endMs - window.frame.rangeMs)) / 1000;
  let endSeconds = (endMs - last.timeMs) / 1000;
  if (startSeconds >= threshold) startSeconds = averageSeconds / 2;
  if (kind !== 'delta' && change.count > 0 && first.element.count >= 0) {
    startSeconds = Math.min(startSeconds, sampledSeconds * (first.element.count / change.count));
  }
  if (endSeconds >= threshold) endSeconds = averageSeconds / 2;
  const factor = sampledSeconds === 0 ? 1 : (sampledSeconds + startSeconds + endSeconds) / sampledSeconds;
  return multiply(change, kind === 'rate' ? factor / (window.frame.rangeMs / 1000) : factor);
}

function changeOver(points: readonly HistogramPoint[], window: MixedWindow, isCounter: boolean): Histogram | undefined {
  const histograms = points.map(({ element }) => element);
  const [first, second, last] = [histograms[0], histograms[1], histograms.at(-1)];
  if (first === undefined || second === undefined || last === undefined) return undefined;
  const { notes, at } = window;
  noteKinds(histograms, window, isCounter);
  // Before a reset the first sample says nothing, so its layout does not matter either.
  const start = isCounter && isReset(second, first) ? emptyLike(second) : first;
  const layouts = isCounter ? [start, ...histograms.slice(1)] : [start, last];
  if (layouts.some((each) => usesCustomBuckets(each) !== usesCustomBuckets(start))) {
    notes.mixedSchemas(metricOf(window), at);
    return undefined;
  }
  const schema = layouts.reduce((least, each) => Math.min(least, each.schema), last.schema);
  let change = combined(subtract(coarser(last, schema), start), 'subtraction', window);
  if (!isCounter || change === undefined) return change && gauge(change);
  let before = start;
  for (const now of histograms.slice(1)) {
    if (isReset(now, before)) change = combined(change && add(change, before), 'addition', window);
    before = now;
  }
  return change && gauge(change);
}

function combined(result: ReturnType<typeof add>, operation: 'addition' | 'subtraction', { notes, at }: MixedWindow) {
  if (result?.areBoundsReconciled) notes.reconciledBounds(operation, at);
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
    const change = isRate && now.element < before.element ? now.element : now.element - before.element;
    return isRate ? change / seconds : change;
  }
  const { notes, at } = window;
  if (typeof before.element === 'number' || typeof now.element === 'number') {
    notes.mixedFloatsHistograms(metricOf(window), at);
    return undefined;
  }
  noteKinds([before.element, now.element], window, isRate);
  let change: Histogram | undefined = now.element;
  if (!isRate || !isReset(now.element, before.element)) {
    const result = subtract(now.element, before.element);
    if (result === undefined) notes.mixedSchemas(metricOf(window), at);
    change = combined(result, 'subtraction', window);
  }
  if (change === undefined) return undefined;
  return isRate ? divide(gauge(change), seconds) : gauge(change);
}
