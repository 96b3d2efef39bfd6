import { Refusal } from '#model';
import { findTraceIds, readTraces } from '#query/traces';
import type { Asked } from '../asked.ts';
import type { JaegerDeps } from './deps.ts';
import { type JaegerTrace, jaegerTrace } from './model.ts';
import { boolParam, durationParam, limitParam, microsParam, tagsParam, traceIdParam } from './params.ts';

const twoDaysMs = 2 * 86_400_000;

interface FoundTraces {
  readonly traces: readonly JaegerTrace[];
  /** Ids that were asked for and are not stored. */
  readonly missing: readonly string[];
}

/** `/traces`: by ids, or by what a span of them carries. */
export async function searchJaeger(deps: JaegerDeps, asked: Asked): Promise<FoundTraces> {
  const raw = boolParam(asked.params, 'raw');
  const given = asked.params.getAll('traceID').map(traceIdParam);
  const traceIds = given.length > 0 ? given : await matchingIds(deps, asked);
  const { tenant, signal } = asked;
  const spansMax = deps.limits.spansPerTraceMax;
  const found = await readTraces(deps.ask, { tenant, traceIds, spansMax, signal });
  const there = [...found].filter(([, spans]) => spans.length > 0);
  const missing = given.filter((id) => found.get(id)?.length === 0);
  return { traces: there.map(([id, spans]) => jaegerTrace(id, spans, { raw })), missing };
}

async function matchingIds(deps: JaegerDeps, { tenant, params, signal }: Asked): Promise<string[]> {
  const service = params.get('service') ?? '';
  if (service === '') throw new Refusal("parameter 'service' is required", { code: 'BAD_REQUEST' });
  const operation = params.get('operation') ?? '';
  const endMs = microsParam(params, 'end', deps.clock.nowMs());
  const startMs = microsParam(params, 'start', endMs - twoDaysMs);
  const minDurationNs = durationParam(params, 'minDuration');
  const maxDurationNs = durationParam(params, 'maxDuration');
  if (minDurationNs && maxDurationNs && minDurationNs > maxDurationNs) {
    throw new Refusal("'maxDuration' should be greater than 'minDuration'", { code: 'BAD_REQUEST' });
  }
  const { ids } = await findTraceIds(deps.ask, {
    tenant,
    service,
    startMs: Math.max(0, startMs),
    // Jaeger's end is included.
    endMs: endMs + 0.001,
    ...(operation !== '' && { operation }),
    minDurationNs,
    maxDurationNs,
    tags: tagsParam(params),
    order: 'recent',
    limit: limitParam(params, { fallback: 100, max: deps.limits.tracesMax }),
    signal,
  });
  return ids;
}
