import type { Level, Log } from '@farol/contract';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Range } from '../url/timeRange.ts';
import { askedIdOf, getJson } from './http.ts';
import { type Labels, type RangeSeries, seriesOf } from './prometheus.ts';

/** Loki's API under `/loki`: LogQL. */
export type LogqlAnswer =
  | { readonly kind: 'lines'; readonly logs: readonly Log[]; readonly truncated: boolean; readonly askedId?: string }
  | { readonly kind: 'series'; readonly series: readonly RangeSeries[]; readonly askedId?: string };

type Stream = { readonly stream: Labels; readonly values: readonly (readonly [ns: string, line: string])[] };
type Matrix = { readonly metric: Labels; readonly values: readonly (readonly [seconds: number, value: string])[] };

interface Envelope {
  readonly data:
    | { readonly resultType: 'streams'; readonly result: readonly Stream[] }
    | { readonly resultType: 'matrix'; readonly result: readonly Matrix[] };
}

type Grid = Range & { readonly stepMs: number };

export const useLogql = (query: string, grid: Grid, limit: number) =>
  useQuery({
    queryKey: ['logql', query, grid.startMs, grid.endMs, grid.stepMs, limit],
    queryFn: ({ signal }) => askLogql(query, grid, limit, signal),
    placeholderData: keepPreviousData,
    enabled: query.trim() !== '',
  });

async function askLogql(query: string, grid: Grid, limit: number, signal: AbortSignal): Promise<LogqlAnswer> {
  const params = {
    query,
    start: `${grid.startMs}000000`,
    end: `${grid.endMs}000000`,
    step: grid.stepMs / 1_000,
    limit,
    direction: 'backward',
  };
  const answer = await getJson<Envelope>('/loki/api/v1/query_range', params, signal);
  const askedId = askedIdOf(answer);
  const { data } = answer;
  if (data.resultType === 'matrix') return { kind: 'series', series: seriesOf(data.result), askedId };
  const logs = logsOf(data.result);
  return { kind: 'lines', logs, truncated: logs.length >= limit, askedId };
}

/** Newest first, as the explorer shows them. Stream labels and structured metadata come as one set of labels. */
function logsOf(streams: readonly Stream[]): readonly Log[] {
  const logs = streams.flatMap(({ stream, values }, of) =>
    values.map(([ns, line], i) => logOf(stream, ns, line, `${of} ${i}`)),
  );
  return logs.sort((a, b) => (BigInt(a.timeNs) < BigInt(b.timeNs) ? 1 : BigInt(a.timeNs) > BigInt(b.timeNs) ? -1 : 0));
}

const known: ReadonlySet<string> = new Set(['trace', 'debug', 'info', 'warn', 'error', 'fatal']);

function logOf(stream: Labels, timeNs: string, line: string, place: string): Log {
  const {
    service_name: service = '',
    detected_level: detected = '',
    trace_id: traceId = '',
    span_id: spanId = '',
    ...rest
  } = stream;
  return {
    id: `${timeNs} ${place}`,
    timeNs,
    service,
    level: known.has(detected) ? (detected as Level) : 'unknown',
    body: line,
    traceId,
    spanId,
    attributes: Object.entries(rest).map(([key, value]) => ({ key, value, type: 'string' as const })),
    resource: [],
  };
}

export async function logqlLabels(signal: AbortSignal): Promise<readonly string[]> {
  return (await getJson<{ data?: readonly string[] }>('/loki/api/v1/labels', {}, signal)).data ?? [];
}

export async function logqlValues(name: string, signal: AbortSignal): Promise<readonly string[]> {
  const path = `/loki/api/v1/label/${encodeURIComponent(name)}/values`;
  return (await getJson<{ data?: readonly string[] }>(path, {}, signal)).data ?? [];
}
