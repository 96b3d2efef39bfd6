import type { Span } from '@farol/promql';
import type { Labels } from '#model';
import type { Annotations } from '../annotations.ts';
import type { Element } from '../elements.ts';
import type { Frame } from '../kernels/windows.ts';
import type { RawSeries } from '../values.ts';
import type { Histogram } from './histogram.ts';

/** A sample of either kind. */
export interface Sample {
  readonly timeMs: number;
  readonly element: Element;
}

export interface HistogramPoint {
  readonly timeMs: number;
  readonly element: Histogram;
}

/** One window of a series that has histograms in it. */
export interface MixedWindow {
  readonly raw: RawSeries;
  readonly frame: Frame;
  readonly step: number;
  /** First sample inside and first after the window. */
  readonly floats: readonly [from: number, to: number];
  readonly histograms: readonly [from: number, to: number];
  readonly labels: Labels;
  readonly notes: Annotations;
  /** Where annotations point. */
  readonly at: Span;
}

export function histogramsOf({ raw, histograms }: MixedWindow): HistogramPoint[] {
  const points: HistogramPoint[] = [];
  for (let i = histograms[0]; i < histograms[1]; i++) {
    const element = raw.histograms[i];
    if (element !== undefined) points.push({ timeMs: raw.histogramTimesMs[i] ?? 0, element });
  }
  return points;
}

/** Floats and histograms by time. */
export function samplesOf(window: MixedWindow): Sample[] {
  const { raw, floats } = window;
  const samples: Sample[] = [];
  for (let i = floats[0]; i < floats[1]; i++) {
    samples.push({ timeMs: raw.timesMs[i] ?? 0, element: raw.values[i] ?? 0 });
  }
  return [...samples, ...histogramsOf(window)].sort((a, b) => a.timeMs - b.timeMs);
}
