import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import type { Range } from '../url/timeRange.ts';
import { askedIdOf, getJson, postForm } from './http.ts';

/** The Prometheus HTTP API under `/prometheus`, as hooks. Values arrive as text and become numbers here. */
export type Labels = Readonly<Record<string, string>>;

export interface RangeSeries {
  readonly labels: Labels;
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
}

export interface InstantSeries {
  readonly labels: Labels;
  readonly timeMs: number;
  /** The number of observations, when it is a histogram. */
  readonly value: number;
  readonly histogram?: { readonly count: number; readonly sum: number };
}

export interface QueryAnswer<T> {
  readonly kind: 'matrix' | 'vector' | 'scalar' | 'string';
  readonly series: readonly T[];
  /** Further series, of native histograms; only a range leaves them out. */
  readonly histograms: number;
  readonly text?: string;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
  /** For the query inspector. */
  readonly askedId?: string;
}

export interface PromExemplar {
  readonly timeMs: number;
  readonly value: number;
  readonly traceId: string;
  readonly labels: Labels;
  readonly series: Labels;
}

export interface MetricKind {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly unit: string;
  /** A histogram without series for its buckets. */
  readonly native?: boolean;
}

interface Envelope<T> {
  readonly status: string;
  readonly data: T;
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}
type Sample = readonly [number, string];
type HistogramSample = readonly [number, { readonly count: string; readonly sum: string }];
interface RangeRow {
  readonly metric: Labels;
  readonly values?: readonly Sample[];
  readonly histograms?: readonly HistogramSample[];
}
interface InstantRow {
  readonly metric: Labels;
  readonly value?: Sample;
  readonly histogram?: HistogramSample;
  readonly values?: readonly Sample[];
}
interface RawResult {
  readonly resultType: QueryAnswer<never>['kind'];
  readonly result: unknown;
}

const api = '/prometheus/api/v1';

export const useRangeQueries = (queries: readonly string[], range: Range & { stepMs: number }, enabled: boolean) =>
  useQueries({
    queries: queries.map((query) => ({
      queryKey: ['query_range', query, range.startMs, range.endMs, range.stepMs],
      queryFn: ({ signal }: { signal: AbortSignal }) => askRange(query, range, signal),
      enabled: enabled && query.trim() !== '',
      placeholderData: keepPreviousData,
    })),
  });

export const useInstantQueries = (queries: readonly string[], timeMs: number, enabled: boolean) =>
  useQueries({
    queries: queries.map((query) => ({
      queryKey: ['query', query, timeMs],
      queryFn: ({ signal }: { signal: AbortSignal }) => askInstant(query, timeMs, signal),
      enabled: enabled && query.trim() !== '',
      placeholderData: keepPreviousData,
    })),
  });

export const useExemplars = (queries: readonly string[], range: Range, enabled: boolean) =>
  useQueries({
    queries: queries.map((query) => ({
      queryKey: ['query_exemplars', query, range.startMs, range.endMs],
      queryFn: ({ signal }: { signal: AbortSignal }) => askExemplars(query, range, signal),
      enabled: enabled && query.trim() !== '',
    })),
  });

export const useMetricKinds = () =>
  useQuery({
    queryKey: ['metric-kinds'],
    staleTime: 60_000,
    queryFn: ({ signal }) => askMetricKinds(signal),
  });

async function askRange(
  query: string,
  range: Range & { stepMs: number },
  signal: AbortSignal,
): Promise<QueryAnswer<RangeSeries>> {
  const answer = await postForm<Envelope<RawResult>>(
    `${api}/query_range`,
    { query, start: range.startMs / 1_000, end: range.endMs / 1_000, step: range.stepMs / 1_000 },
    signal,
  );
  const rows = answer.data.result as readonly RangeRow[];
  const drawn = rows.filter(({ histograms = [], values = [] }) => values.length > 0 || histograms.length === 0);
  return { ...wordsOf(answer), series: seriesOf(drawn), histograms: rows.length - drawn.length };
}

/** A matrix as the wire has it; Loki's is the same. */
export function seriesOf(rows: readonly RangeRow[]): readonly RangeSeries[] {
  return rows.map(({ metric, values = [] }) => ({
    labels: metric,
    timesMs: values.map(([seconds]) => Math.round(seconds * 1_000)),
    values: values.map(([, value]) => numberOf(value)),
  }));
}

async function askInstant(query: string, timeMs: number, signal: AbortSignal): Promise<QueryAnswer<InstantSeries>> {
  const answer = await postForm<Envelope<RawResult>>(`${api}/query`, { query, time: timeMs / 1_000 }, signal);
  const { resultType, result } = answer.data;
  const words = wordsOf(answer);
  if (resultType === 'string') return { ...words, series: [], text: (result as Sample)[1] };
  if (resultType === 'scalar') return { ...words, series: [instantOf({}, result as Sample)] };
  const rows = result as readonly InstantRow[];
  return {
    ...words,
    series: rows.flatMap(({ metric, value, histogram, values = [] }) =>
      histogram ? [histogramOf(metric, histogram)] : (value ? [value] : values).map((one) => instantOf(metric, one)),
    ),
  };
}

async function askExemplars(query: string, range: Range, signal: AbortSignal): Promise<readonly PromExemplar[]> {
  type Raw = readonly {
    seriesLabels: Labels;
    exemplars: readonly { labels: Labels; value: string; timestamp: number }[];
  }[];
  const answer = await getJson<Envelope<Raw>>(
    `${api}/query_exemplars`,
    { query, start: range.startMs / 1_000, end: range.endMs / 1_000 },
    signal,
  );
  return answer.data.flatMap(({ seriesLabels, exemplars }) =>
    exemplars.flatMap(({ labels, value, timestamp }) => {
      const traceId = labels.trace_id ?? labels.traceID ?? labels.traceId;
      return traceId
        ? [{ timeMs: timestamp * 1_000, value: numberOf(value), traceId, labels, series: seriesLabels }]
        : [];
    }),
  );
}

async function askMetricKinds(signal: AbortSignal): Promise<readonly MetricKind[]> {
  type Metadata = Readonly<Record<string, readonly { type: string; help: string; unit: string }[]>>;
  const [metadata, names] = await Promise.all([
    getJson<Envelope<Metadata>>(`${api}/metadata`, {}, signal),
    getJson<Envelope<readonly string[]>>(`${api}/label/__name__/values`, {}, signal),
  ]);
  const described = metadata.data;
  const known = new Set(names.data);
  const rest = names.data.filter((name) => !described[name] && !described[familyOf(name)]);
  return [
    ...Object.entries(described).map(([name, kinds]) => ({
      name,
      type: kinds[0]?.type ?? 'unknown',
      help: kinds[0]?.help ?? '',
      unit: kinds[0]?.unit ?? '',
      native: known.has(name) && !known.has(`${name}_bucket`),
    })),
    ...rest.map((name) => ({ name, type: 'unknown', help: '', unit: '' })),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function familyOf(name: string): string {
  return name.replace(/_(bucket|count|sum|total|created)$/, '');
}

function wordsOf(answer: Envelope<RawResult>) {
  return {
    kind: answer.data.resultType,
    histograms: 0,
    warnings: answer.warnings ?? [],
    infos: answer.infos ?? [],
    askedId: askedIdOf(answer),
  };
}

function instantOf(labels: Labels, [seconds, value]: Sample): InstantSeries {
  return { labels, timeMs: seconds * 1_000, value: numberOf(value) };
}

function histogramOf(labels: Labels, [seconds, { count, sum }]: HistogramSample): InstantSeries {
  const value = numberOf(count);
  return { labels, timeMs: seconds * 1_000, value, histogram: { count: value, sum: numberOf(sum) } };
}

function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  return Number(text);
}
