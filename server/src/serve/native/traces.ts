import type { TraceAnswer, TracesAnswer } from '@farol/contract';
import { Refusal } from '#model';
import { readTrace, type SpanTag, searchTraces, traceAnswer } from '#query/traces';
import type { Asked } from '../asked.ts';
import type { NativeDeps } from './deps.ts';
import { idParam, numberParam, rangeParam, textParam, textsParam, wholeParam, wordParam } from './params.ts';

export async function traces(deps: NativeDeps, { tenant, params, signal }: Asked): Promise<TracesAnswer> {
  const service = textParam(params, 'service');
  const operation = textParam(params, 'operation');
  const environment = textParam(params, 'environment');
  const status = wordParam(params, 'status', ['error', 'ok']);
  return searchTraces(deps.ask, {
    tenant,
    ...rangeParam(params, deps.clock.nowMs()),
    ...(service !== undefined && { service }),
    ...(operation !== undefined && { operation }),
    ...(environment !== undefined && { environment }),
    ...(status !== undefined && { status }),
    minDurationNs: durationNs(params, 'minDurationMs'),
    maxDurationNs: durationNs(params, 'maxDurationMs'),
    tags: textsParam(params, 'tag').map(tagOf),
    order: wordParam(params, 'order', ['recent', 'slowest']) ?? 'recent',
    limit: wholeParam(params, 'limit', { max: deps.limits.tracesMax, fallback: 50 }),
    signal,
  });
}

export async function trace(deps: NativeDeps, asked: Asked, path: Record<string, string>): Promise<TraceAnswer> {
  const { tenant, signal } = asked;
  const traceId = idParam(path.id ?? '', 'trace id', 32);
  const stored = await readTrace(deps.ask, { tenant, traceId, spansMax: deps.limits.spansPerTraceMax, signal });
  if (stored.spans.length === 0) {
    throw new Refusal(`no span of trace ${traceId} is stored; it may not have arrived yet, or be past its retention`, {
      code: 'NOT_FOUND',
    });
  }
  return traceAnswer(traceId, stored);
}

function durationNs(params: URLSearchParams, name: string): bigint | undefined {
  const ms = numberParam(params, name);
  if (ms === undefined) return undefined;
  if (ms < 0 || ms > 9e12) {
    throw new Refusal(`${name} is ${ms}; it must be milliseconds, not negative`, { code: 'BAD_REQUEST' });
  }
  return BigInt(Math.round(ms * 1e6));
}

function tagOf(text: string): SpanTag {
  const at = text.indexOf('=');
  if (at <= 0) throw new Refusal(`tag is ${JSON.stringify(text)}; write it as key=value`, { code: 'BAD_REQUEST' });
  return { key: text.slice(0, at), value: text.slice(at + 1) };
}
