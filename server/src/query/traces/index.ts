/**
 * Questions about traces: one by id as a tree with its times accounted for, many by what their spans carry, and the
 * names to search by. Asks the store through the function it is given; refuses to know HTTP.
 */
export { traceAnswer } from './answer.ts';
export { type DependencyLink, dependencyLinks } from './dependencies.ts';
export { type NamesQuestion, type Operation, operationsOf, tracedServices } from './names.ts';
export { readTrace, type StoredTrace, type TraceQuestion } from './read.ts';
export { findTraceIds, searchTraces, type TraceFilter, type TraceSearch } from './search.ts';
export { attributeOf, type StoredSpan } from './span.ts';
export type { SpanTag } from './tags.ts';
export { type TraceTimes, timesOfTraces } from './times.ts';
export { assembleTree, type Tree, type TreeSpan } from './tree.ts';
