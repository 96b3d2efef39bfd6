import type {
  IngestAnswer,
  LogFacetsAnswer,
  LogHistogramAnswer,
  LogsAnswer,
  QueriesAnswer,
  QueryAnswer,
  ServiceAnswer,
  ServicesAnswer,
  StatusAnswer,
  TraceAnswer,
  TracesAnswer,
} from '@farol/contract';
import {
  keepPreviousData,
  type Query,
  QueryClient,
  queryOptions,
  useInfiniteQuery,
  useIsFetching,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useCallback } from 'react';
import { useClock } from '../url/Clock.tsx';
import type { Range } from '../url/timeRange.ts';
import { ApiFailure, askedIdOf, getJson, isAway, type Params } from './http.ts';

const retryMsMax = 3_000;

/**
 * Farol's own API, as hooks. Every one keeps its last answer on the screen while the next is on its way, and a Farol
 * that is away is asked until it is back.
 */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // A Farol on this machine needs no network.
        networkMode: 'always',
        staleTime: 10_000,
        gcTime: 300_000,
        refetchOnWindowFocus: false,
        retry: (count, error) => isAway(error) || (count < 2 && isPassing(error)),
        retryDelay: (count) => Math.min(retryMsMax, 500 * 2 ** count),
      },
    },
  });
}

/** Failures in a row that are no accident. */
const awayFailuresMin = 2;

const isWaiting = ({ state }: Query): boolean =>
  state.fetchFailureCount >= awayFailuresMin && isAway(state.fetchFailureReason);

/** Whether something on the screen waits for a Farol that is away, and how to ask again at once. */
export function useAway(): { readonly away: boolean; readonly askAgain: () => void } {
  const client = useQueryClient();
  const away = useIsFetching({ predicate: isWaiting }) > 0;
  return { away, askAgain: () => void client.refetchQueries({ predicate: isWaiting }) };
}

/** Resolves when Farol answers at all. */
export async function untilAnswered(client: QueryClient): Promise<void> {
  await client.fetchQuery({ ...ask<StatusAnswer>('/api/status', {}), staleTime: 0 });
}

/** Moves `now`, and asks again what does not depend on it: a range between two dates, a trace, the rules. */
export function useAskAgain(): () => void {
  const client = useQueryClient();
  const { refresh } = useClock();
  return useCallback(() => {
    refresh();
    // After the page has drawn itself for the new `now`: what it is asking for already is not asked for twice.
    setTimeout(() => void client.invalidateQueries({ refetchType: 'active' }, { cancelRefetch: false }));
  }, [client, refresh]);
}

export interface Scope extends Range {
  readonly environment?: string;
}

export interface TraceFilter extends Scope {
  readonly service?: string;
  readonly operation?: string;
  readonly status?: 'error' | 'ok';
  readonly minDurationMs?: number;
  readonly maxDurationMs?: number;
  readonly tags?: readonly string[];
  readonly order?: 'recent' | 'slowest';
  readonly limit: number;
}

export interface LogFilter extends Scope {
  readonly services?: readonly string[];
  readonly levels?: readonly string[];
  readonly text?: string;
  readonly attrs?: readonly string[];
  readonly traceId?: string;
  readonly spanId?: string;
}

export const useServices = (scope: Scope) =>
  useQuery({ ...ask<ServicesAnswer>('/api/services', scopeParams(scope)), placeholderData: keepPreviousData });

export const useService = (name: string, scope: Scope) =>
  useQuery({
    ...ask<ServiceAnswer>(`/api/services/${encodeURIComponent(name)}`, scopeParams(scope)),
    placeholderData: (before, query) =>
      query?.queryKey[0] === `/api/services/${encodeURIComponent(name)}` ? before : undefined,
  });

export const useTraces = (filter: TraceFilter, enabled = true) =>
  useQuery({ ...ask<TracesAnswer>('/api/traces', traceParams(filter)), placeholderData: keepPreviousData, enabled });

/** A finished trace rarely changes, but late spans do come. */
export const useTrace = (traceId: string) =>
  useQuery({ ...ask<TraceAnswer>(`/api/traces/${encodeURIComponent(traceId)}`, {}), staleTime: 60_000 });

const logsPageSize = 200;

export const useLogs = (filter: LogFilter, options: { enabled?: boolean; refetchMs?: number; limit?: number } = {}) => {
  const params = { ...logParams(filter), limit: options.limit ?? logsPageSize };
  return useInfiniteQuery({
    queryKey: ['/api/logs', params],
    queryFn: ({ signal, pageParam }) => askJson<LogsAnswer>('/api/logs', { ...params, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.cursor,
    placeholderData: keepPreviousData,
    enabled: options.enabled ?? true,
    refetchInterval: options.refetchMs,
  });
};

export const useLogHistogram = (filter: LogFilter, buckets: number, refetchMs?: number) =>
  useQuery({
    ...ask<LogHistogramAnswer>('/api/logs/histogram', { ...logParams(filter), buckets }),
    placeholderData: keepPreviousData,
    refetchInterval: refetchMs,
  });

export const useLogFacets = (filter: LogFilter) =>
  useQuery({ ...ask<LogFacetsAnswer>('/api/logs/facets', logParams(filter)), placeholderData: keepPreviousData });

export const useStatus = (refetchMs: number) =>
  useQuery({ ...ask<StatusAnswer>('/api/status', {}), refetchInterval: refetchMs, staleTime: 0 });

export const useIngest = (refetchMs: number) =>
  useQuery({ ...ask<IngestAnswer>('/api/ingest', {}), refetchInterval: refetchMs, staleTime: 0 });

/** All that are kept: what is hidden of them must not crowd out the rest. */
const askedQueriesMax = 500;

export const useAskedQueries = (refetchMs: number) =>
  useQuery({
    ...ask<QueriesAnswer>('/api/queries', { limit: askedQueriesMax }),
    refetchInterval: refetchMs,
    staleTime: 0,
  });

export const useQueryInspection = (id: string) =>
  useQuery({ ...ask<QueryAnswer>(`/api/queries/${encodeURIComponent(id)}`, {}), staleTime: Number.POSITIVE_INFINITY });

export const useOperations = (service: string | undefined) =>
  useQuery({
    ...ask<{ data: readonly string[] | null }>(
      `/jaeger/api/services/${encodeURIComponent(service ?? '')}/operations`,
      {},
    ),
    enabled: service !== undefined,
    staleTime: 60_000,
  });

function ask<T extends object>(path: string, params: Params) {
  return queryOptions({
    queryKey: [path, params] as const,
    queryFn: ({ signal }) => askJson<T>(path, params, signal),
  });
}

/** For the query inspector. */
export type Inspectable<T> = T & { readonly askedId?: string };

async function askJson<T extends object>(path: string, params: Params, signal: AbortSignal): Promise<Inspectable<T>> {
  const answer = await getJson<T>(path, params, signal);
  return { ...answer, askedId: askedIdOf(answer) };
}

function scopeParams(scope: Scope): Params {
  return { start: scope.startMs, end: scope.endMs, environment: scope.environment };
}

function traceParams(filter: TraceFilter): Params {
  return {
    ...scopeParams(filter),
    service: filter.service,
    operation: filter.operation,
    status: filter.status,
    minDurationMs: filter.minDurationMs,
    maxDurationMs: filter.maxDurationMs,
    tag: filter.tags,
    order: filter.order,
    limit: filter.limit,
  };
}

function logParams(filter: LogFilter): Params {
  return {
    ...scopeParams(filter),
    service: filter.services,
    level: filter.levels,
    text: filter.text,
    attr: filter.attrs,
    traceId: filter.traceId,
    spanId: filter.spanId,
  };
}

function isPassing(error: Error): boolean {
  return error instanceof ApiFailure && (error.status === 0 || error.status === 429 || error.status >= 502);
}
