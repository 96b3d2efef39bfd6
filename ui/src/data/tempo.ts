import type { TraceSummary } from '@farol/contract';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Range } from '../url/timeRange.ts';
import { askedIdOf, getJson } from './http.ts';
import type { PromExemplar, RangeSeries } from './prometheus.ts';

/** Tempo's API under `/tempo`: TraceQL. */
export interface TraceqlAnswer {
  readonly traces: readonly TraceSummary[];
  /** There may be more than were asked for. */
  readonly truncated: boolean;
  /** Why not everything was looked at, when it was not. */
  readonly partial?: string;
  readonly askedId?: string;
}

interface Found {
  readonly traceID: string;
  readonly rootServiceName?: string;
  readonly rootTraceName?: string;
  readonly startTimeUnixNano: string;
  readonly durationMs?: number;
  readonly serviceStats?: Readonly<Record<string, { readonly spanCount?: number; readonly errorCount?: number }>>;
}

export const useTraceql = (query: string, range: Range, limit: number) =>
  useQuery({
    queryKey: ['traceql', query, range.startMs, range.endMs, limit],
    queryFn: ({ signal }) => askTraceql(query, range, limit, signal),
    placeholderData: keepPreviousData,
    enabled: query.trim() !== '',
  });

export interface TraceqlSeriesAnswer {
  readonly series: readonly RangeSeries[];
  readonly exemplars: readonly PromExemplar[];
  readonly partial?: string;
  readonly askedId?: string;
}

/** For queries that compute, such as `{ } | rate()`. */
export const useTraceqlSeries = (query: string, grid: Range & { readonly stepMs: number }) =>
  useQuery({
    queryKey: ['traceql-series', query, grid.startMs, grid.endMs, grid.stepMs],
    queryFn: ({ signal }) => askTraceqlSeries(query, grid, signal),
    placeholderData: keepPreviousData,
  });

const exemplarsMax = 100;

interface Value {
  readonly stringValue?: string;
  readonly intValue?: string;
  readonly doubleValue?: number | string;
  readonly boolValue?: boolean;
}

interface Series {
  readonly labels: readonly { readonly key: string; readonly value: Value }[];
  readonly samples: readonly { readonly timestampMs: string; readonly value: number | string }[];
  readonly exemplars?: readonly {
    readonly labels: Series['labels'];
    readonly value: number | string;
    readonly timestampMs: string;
  }[];
}

async function askTraceqlSeries(
  query: string,
  { startMs, endMs, stepMs }: Range & { readonly stepMs: number },
  signal: AbortSignal,
): Promise<TraceqlSeriesAnswer> {
  const times = { start: `${startMs}000000`, end: `${endMs}000000`, step: `${stepMs}ms` };
  const params = { q: query, ...times, exemplars: exemplarsMax };
  const answer = await getJson<{ series?: readonly Series[]; message?: string }>(
    '/tempo/api/metrics/query_range',
    params,
    signal,
  );
  const series = answer.series ?? [];
  return {
    series: series.map(({ labels, samples }) => ({
      labels: textsOf(labels),
      timesMs: samples.map(({ timestampMs }) => Number(timestampMs)),
      values: samples.map(({ value }) => Number(value)),
    })),
    exemplars: series.flatMap(exemplarsOf),
    ...(answer.message && { partial: answer.message }),
    askedId: askedIdOf(answer),
  };
}

function exemplarsOf({ labels: of, exemplars = [] }: Series): PromExemplar[] {
  return exemplars.map(({ labels, value, timestampMs }) => {
    const { 'trace:id': traceId = '', 'span:id': spanId = '' } = textsOf(labels);
    return {
      timeMs: Number(timestampMs),
      value: Number(value),
      traceId,
      labels: { span_id: spanId },
      series: textsOf(of),
    };
  });
}

const textsOf = (labels: Series['labels']): Record<string, string> =>
  Object.fromEntries(labels.map(({ key, value }) => [key, String(Object.values(value)[0] ?? '')]));

async function askTraceql(query: string, range: Range, limit: number, signal: AbortSignal): Promise<TraceqlAnswer> {
  const params = { q: query, limit, ...seconds(range) };
  const answer = await getJson<{ traces?: readonly Found[]; message?: string }>('/tempo/api/search', params, signal);
  const traces = (answer.traces ?? []).map(summaryOf);
  return {
    traces,
    truncated: traces.length >= limit,
    ...(answer.message && { partial: answer.message }),
    askedId: askedIdOf(answer),
  };
}

function summaryOf(found: Found): TraceSummary {
  const services = Object.entries(found.serviceStats ?? {}).map(([name, stats]) => ({ name, ...stats }));
  return {
    traceId: found.traceID.padStart(32, '0'),
    rootService: found.rootServiceName ?? '',
    rootName: found.rootTraceName ?? '',
    startMs: Number(BigInt(found.startTimeUnixNano) / 1_000_000n),
    durationMs: found.durationMs ?? 0,
    spans: services.reduce((sum, { spanCount = 0 }) => sum + spanCount, 0),
    errors: services.reduce((sum, { errorCount = 0 }) => sum + errorCount, 0),
    services: services.map(({ name, spanCount = 0 }) => ({ name, spans: spanCount })),
  };
}

/** Attributes with their scopes (`span.http.route`) and the intrinsics, as TraceQL writes them. */
export async function traceqlNames(signal: AbortSignal): Promise<readonly string[]> {
  const { scopes } = await getJson<{ scopes: readonly { name: string; tags: readonly string[] }[] }>(
    '/tempo/api/v2/search/tags',
    {},
    signal,
  );
  return scopes.flatMap(({ name, tags }) => (name === 'intrinsic' ? tags : tags.map((tag) => `${name}.${tag}`)));
}

export async function traceqlValues(name: string, signal: AbortSignal): Promise<readonly string[]> {
  const { tagValues } = await getJson<{ tagValues: readonly { type: string; value: string }[] }>(
    `/tempo/api/v2/search/tag/${encodeURIComponent(name)}/values`,
    {},
    signal,
  );
  return tagValues.map(({ type, value }) => (type === 'string' ? JSON.stringify(value) : value));
}

function seconds({ startMs, endMs }: Range) {
  return { start: Math.floor(startMs / 1_000), end: Math.ceil(endMs / 1_000) };
}
