import type { LogFacetsAnswer, LogHistogramAnswer, LogsAnswer } from '@farol/contract';
import { countLogs, facetLogs, type LogQuestion, searchLogs } from '#query/logs';
import { timesOfTraces } from '#query/traces';
import type { Asked } from '../asked.ts';
import type { NativeDeps } from './deps.ts';
import { attributeParam, idParam, rangeParam, textParam, textsParam, wholeParam, wordParam } from './params.ts';

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'unknown'] as const;

export async function logs(deps: NativeDeps, asked: Asked): Promise<LogsAnswer> {
  const limit = wholeParam(asked.params, 'limit', { max: deps.limits.logRowsMax, fallback: 200 });
  const cursor = textParam(asked.params, 'cursor');
  return searchLogs(deps.ask, {
    ...(await questionOf(deps, asked)),
    limit,
    ...(cursor !== undefined && { cursor }),
    signal: asked.signal,
  });
}

export async function logHistogram(deps: NativeDeps, asked: Asked): Promise<LogHistogramAnswer> {
  const buckets = wholeParam(asked.params, 'buckets', { max: 1000, fallback: 60 });
  return countLogs(deps.ask, { ...(await questionOf(deps, asked)), buckets, signal: asked.signal });
}

export async function logFacets(deps: NativeDeps, asked: Asked): Promise<LogFacetsAnswer> {
  return facetLogs(deps.ask, { ...(await questionOf(deps, asked)), signal: asked.signal });
}

async function questionOf(deps: NativeDeps, asked: Asked): Promise<LogQuestion> {
  const { tenant, params, signal } = asked;
  const traceId = idOf(params, 'traceId', 32);
  const spanId = idOf(params, 'spanId', 16);
  const environment = textParam(params, 'environment');
  for (const level of textsParam(params, 'level')) wordParam(new URLSearchParams({ level }), 'level', levels);
  return {
    tenant,
    services: textsParam(params, 'service'),
    levels: textsParam(params, 'level'),
    text: textParam(params, 'text') ?? '',
    attributes: textsParam(params, 'attr').map(attributeParam),
    ...(traceId !== undefined && { traceId }),
    ...(spanId !== undefined && { spanId }),
    ...(environment !== undefined && { environment }),
    ...(traceId !== undefined && !params.get('start') && !params.get('end')
      ? await aroundTrace(deps, { tenant, traceId, signal })
      : rangeParam(params, deps.clock.nowMs())),
  };
}

function idOf(params: URLSearchParams, name: string, digits: number): string | undefined {
  const text = textParam(params, name);
  return text === undefined ? undefined : idParam(text, name, digits);
}

const marginMs = 3_600_000;

/** A trace's logs are asked for without a range: they lie within an hour of its spans, or of now if it has none. */
async function aroundTrace(
  deps: NativeDeps,
  trace: { tenant: string; traceId: string; signal: AbortSignal },
): Promise<{ startMs: number; endMs: number }> {
  const times = (await timesOfTraces(deps.ask, { ...trace, traceIds: [trace.traceId] })).get(trace.traceId);
  const nowMs = deps.clock.nowMs();
  if (times === undefined) return { startMs: Math.max(0, nowMs - 24 * marginMs), endMs: nowMs + marginMs };
  return {
    startMs: Math.max(0, Number(times.fromNs / 1_000_000n) - marginMs),
    endMs: Number(times.toNs / 1_000_000n) + marginMs,
  };
}
