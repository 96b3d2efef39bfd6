/** Exposition formats: a body in, its series, samples and metadata out, to a sink. Refuses to know targets and stores. */
export { ClassicMemory, convertingSink } from './conversion.ts';
export { openMetricsParser } from './openmetrics.ts';
export { ExpositionProblem } from './problem.ts';
export { protobufParser } from './protobuf.ts';
export { parseLabels, parseSeries, type SeriesSyntax } from './series.ts';
export type { ExemplarText, ExposedSeries, ExpositionParser, HistogramSink, Sink } from './sink.ts';
export { textParser } from './text.ts';
