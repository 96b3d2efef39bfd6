/**
 * Questions about logs: lines newest first, how many over time, which values are common. Asks the store through the
 * function it is given; refuses to know HTTP, and to answer without a bound.
 */
export { type LogFacetsQuestion, facetLogs } from './facets.ts';
export { countLogs, type LogHistogramQuestion } from './histogram.ts';
export type { LogFilter, LogQuestion } from './question.ts';
export { type LogPage, searchLogs } from './search.ts';
