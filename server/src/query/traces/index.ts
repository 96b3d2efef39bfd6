/**
 * Questions about traces: one by id as a tree with its times accounted for, many by what their spans carry, and the
 * names to search by. Asks the store through the function it is given; refuses to know HTTP.
 */
export { traceAnswer } from './answer.ts';
export { type DependenciesQuestion, type DependencyLink, dependencyLinks } from './dependencies.ts';
export { storedSpanOf } from './from-row.ts';
export { type NamesQuestion, operationsOf, tracedServices } from './names.ts';
export { readTrace, readTraces } from './read.ts';
export { findTraceIds, searchTraces } from './search.ts';
export type { StoredSpan } from './span.ts';
export type { SpanTag } from './tags.ts';
export { type TraceTimes, timesOfTraces, timeWithinTraces } from './times.ts';
export { assembleTree, type TreeSpan } from './tree.ts';
