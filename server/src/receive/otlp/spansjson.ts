/** OTLP JSON as span rows that nobody stores: for those who only want to look at it. */
import { type Limits, Refusal, type SpanRow } from '#model';
import { describeRejections, spanRowsOf, type Window } from '#normalise';
import { decodeTracesJson } from './jsonrequests.ts';

const anyTime: Window = {
  nowMs: 0,
  oldestMs: Number.NEGATIVE_INFINITY,
  newestMs: Number.POSITIVE_INFINITY,
  retentionMs: Number.POSITIVE_INFINITY,
  futureMsMax: Number.POSITIVE_INFINITY,
};

/** Refuses the whole of it when a span of it is wrong. */
export function readSpansJson(body: Buffer, limits: Limits['receive']): SpanRow[] {
  const wired = decodeTracesJson(body, limits.nestingMax);
  const { rows, tallies } = spanRowsOf(wired, { tenant: '', window: anyTime, limits });
  const problem = describeRejections(tallies.values(), 'spans');
  if (problem !== undefined) throw new Refusal(problem, { code: 'BAD_REQUEST' });
  return rows;
}
