import type { Span } from '@farol/promql';
import type { Labels } from '#model';
import type { Annotations } from '../annotations.ts';
import type { Edges } from '../edges.ts';
import type { Element } from '../elements.ts';
import type { Frame } from '../kernels/windows.ts';
import type { RawSeries } from '../values.ts';
import type { Histogram } from './histogram.ts';

/** A sample of either kind. */
export interface Sample {
  readonly timeMs: number;
  /** When its count began, 0 where nobody said. */
  readonly startMs: number;
  readonly element: Element;
}

export interface HistogramPoint extends Sample {
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

export function edgesOf({ frame, step }: MixedWindow, isSmoothed: boolean): Edges {
  const endMs = frame.endsMs[step] ?? 0;
  return { startMs: endMs - frame.rangeMs, endMs, isSmoothed };
}

export function histogramsOf({ raw, histograms }: MixedWindow): HistogramPoint[] {
  const points: HistogramPoint[] = [];
  for (let i = histograms[0]; i < histograms[1]; i++) {
    const element = raw.histograms[i];
    const startMs = raw.histogramStartsMs?.[i] ?? 0;
    if (element !== undefined) points.push({ timeMs: raw.histogramTimesMs[i] ?? 0, startMs, element });
  }
  return points;
}

/** Floats and histograms by time. */
export function samplesOf(window: MixedWindow): Sample[] {
  const { raw, floats } = window;
  const samples: Sample[] = [];
  for (let i = floats[0]; i < floats[1]; i++) {
    samples.push({ timeMs: raw.timesMs[i] ?? 0, startMs: raw.startsMs?.[i] ?? 0, element: raw.values[i] ?? 0 });
  }
  return [...samples, ...histogramsOf(window)].sort((a, b) => a.timeMs - b.timeMs);
}
