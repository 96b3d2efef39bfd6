/**
 * Wire records → rows. Pure but for two memories (which series a point belongs to; how far a delta series has come).
 * Judges every record alone: what breaks a rule is refused, counted and named, the rest go on.
 * Refuses to know how bytes arrive, who answers the sender, and where rows go.
 */
export { SampleBuffer } from './columns.ts';
export { isSpanId, isTraceId } from './ids.ts';
export { type LabelFault, labelsFault } from './labelset.ts';
export { logRowsOf } from './logs.ts';
export { createMetricTranslator, type MetricTranslator } from './metrics/translator.ts';
export { promotedBy } from './resource.ts';
export { spanRowsOf } from './spans.ts';
export { emptied, type Life, Lives, zeroStart } from './starts.ts';
export { type StreamContext, streamRowsOf } from './streams.ts';
export { describeRejections, excerpt, type Tallies, Tally } from './tally.ts';
export { outsideWindow, type Window, windowAt, windowFault } from './window.ts';
export type * from './wire.ts';
