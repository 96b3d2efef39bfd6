/**
 * Log lines as Loki's streams: entries in time order, counts, labels, volumes, templates, tails. Asks the store through
 * the functions it is given; refuses to know LogQL's pipelines, HTTP, and to answer without a bound.
 */

export { createCounts } from './counts.ts';
export { type DetectedField, fieldsOf } from './detected.ts';
export { createEntries } from './entries.ts';
export { createStreamLabels } from './labels.ts';
export { templatesOf, templatesOfShapes } from './patterns/templates.ts';
export { patternsOf } from './patterns.ts';
export { createRowBatches, createTailHub, type DroppedLine, type Tail, type TailHub } from './tail.ts';
export { type Volume, volumesOf } from './volume.ts';
