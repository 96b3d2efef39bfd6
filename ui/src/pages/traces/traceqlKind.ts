import { parseQuery, TraceqlSyntaxError } from '@farol/traceql';
import type { Unit } from '../../charts/scale.ts';

/** Whether a query computes series rather than finds traces. What cannot be read finds none; its answer says why. Pure. */
export function isComputing(query: string): boolean {
  try {
    return ['metrics', 'math', 'scaled'].includes(parseQuery(query).body.kind);
  } catch (problem) {
    if (problem instanceof TraceqlSyntaxError) return false;
    throw problem;
  }
}

/** The unit of a series, when the query's text gives it away; otherwise plain numbers. Pure. */
export function unitOfTraceql(query: string): Unit {
  if (/\b(quantile|min|max|avg|sum)_over_time\s*\(\s*(span:|trace:)?duration\b/.test(query)) return 'seconds';
  return /\|\s*rate\s*\(/.test(query) ? 'rate' : 'plain';
}
