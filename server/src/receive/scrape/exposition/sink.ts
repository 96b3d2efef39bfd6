/** What a parser tells: it knows lines, not stores. */
import type { MetricType, NativeHistogram } from '#model';
import type { SampleFacts } from './families.ts';

/** A series as the target exposes it, remembered from scrape to scrape so that its labels are parsed once. */
export interface ExposedSeries {
  /** What OpenMetrics' rules need to know; set on the first scrape in that format. */
  facts?: SampleFacts;
}

export interface ExemplarText {
  /** `{trace_id="…"}`, checked. */
  readonly labels: string;
  readonly value: number;
  /** Absent: the sample's. */
  readonly timeMs?: number;
}

export interface Sink {
  /** The series of this text, known or new. Throws ExpositionProblem when the text is no series. */
  series(text: string): ExposedSeries;
  sample(series: ExposedSeries, value: number, timeMs: number | undefined, exemplar: ExemplarText | undefined): void;
  /** When the series began to count, told after its sample or histogram. Who keeps no starts leaves it out. */
  began?(series: ExposedSeries, startMs: number): void;
  type(family: string, type: MetricType): void;
  help(family: string, help: string): void;
  unit(family: string, unit: string): void;
}

/** For the format that has native histograms. */
export interface HistogramSink extends Sink {
  /** Each exemplar has a time. */
  histogram(
    series: ExposedSeries,
    histogram: NativeHistogram,
    timeMs: number | undefined,
    exemplars: readonly ExemplarText[],
  ): void;
}

export interface ExpositionParser {
  /** Reads up to so many lines, or metrics; true when the body is done. Throws ExpositionProblem. */
  read(linesMax: number): boolean;
}
