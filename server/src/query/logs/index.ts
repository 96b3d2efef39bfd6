/**
 * Questions about logs: lines newest first, how many over time, which values are common. Asks the store through the
 * function it is given; refuses to know HTTP, and to answer without a bound.
 */
export { facetLogs } from './facets.ts';
export { countLogs } from './histogram.ts';
export type { LogQuestion } from './question.ts';
export { searchLogs } from './search.ts';
