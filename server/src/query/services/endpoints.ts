import type { Endpoint } from '@farol/contract';
import { type Sql, sql } from '#store';
import { type Ask, all, timeWithin } from '../stored/index.ts';
import type { ServiceQuestion } from './deps.ts';
import { errorShare, type Golden, seenSeconds } from './golden.ts';
import { goldenOf, type RequestCells } from './metric-signals.ts';
import { answersRequests, endpointKey, spanConditions } from './span-signals.ts';
import type { Steps } from './steps.ts';

export interface EndpointTraces {
  readonly slowest: string;
  readonly failing: string;
}

/** A real trace of each endpoint to look at: its slowest, and its newest that failed. */
export async function endpointTraces(ask: Ask, question: ServiceQuestion): Promise<Map<string, EndpointTraces>> {
  const rows = await ask<{ key: string; slowest: string; failing: string }>(endpointTracesSql(question), {
    signal: question.signal,
  });
  return new Map(rows.map(({ key, ...traces }) => [key, traces]));
}

export function endpointTracesSql(question: ServiceQuestion): Sql {
  return sql`SELECT ${endpointKey} AS key, argMax(trace_id, duration_ns) AS slowest,
  argMaxIf(trace_id, time, status = 'error') AS failing
FROM spans
WHERE ${all(spanConditions(question))} AND ${answersRequests} AND ${timeWithin(question)}
GROUP BY key
LIMIT 1000`;
}

/** Golden signals per endpoint, from the cells of one service. */
export function endpointsGolden(cells: RequestCells, steps: Steps): Map<string, Golden> {
  const keyOf = (cell: { method: string; route: string }) => [cell.method, cell.route].filter(Boolean).join(' ');
  const keys = new Set(cells.counting.map(keyOf));
  return new Map(
    [...keys].map((key) => [
      key,
      goldenOf(
        {
          counting: cells.counting.filter((cell) => keyOf(cell) === key),
          timing: cells.timing.filter((cell) => keyOf(cell) === key),
        },
        steps,
      ),
    ]),
  );
}

/** Busiest first. Endpoints without a request in the range are left out. */
export function endpointList(
  golden: ReadonlyMap<string, Golden>,
  traces: ReadonlyMap<string, EndpointTraces>,
  steps: Steps,
): Endpoint[] {
  const seconds = seenSeconds([...golden.values()], steps);
  return [...golden]
    .filter(([, { now }]) => now.count > 0)
    .map(([name, own]) => endpointOf(name, own, traces.get(name), { count: steps.count, seconds }))
    .sort((a, b) => b.count - a.count)
    .slice(0, 500);
}

function endpointOf(
  name: string,
  { now, steps: own }: Golden,
  traces: EndpointTraces | undefined,
  steps: { readonly count: number; readonly seconds: number },
): Endpoint {
  const space = name.indexOf(' ');
  const methodFirst = space > 0 && /^[A-Z]+$/.test(name.slice(0, space));
  return {
    name: name || 'requests',
    method: methodFirst ? name.slice(0, space) : '',
    route: methodFirst ? name.slice(space + 1) : name,
    ratePerSecond: now.count / steps.seconds,
    errorShare: errorShare(now) ?? 0,
    p50Ms: now.p50Ms ?? null,
    p95Ms: now.p95Ms ?? null,
    p99Ms: now.p99Ms ?? null,
    count: Math.round(now.count),
    trend: Array.from({ length: steps.count }, (_, i) => own[i]?.p95Ms ?? null),
    ...(traces?.slowest && { slowestTraceId: traces.slowest }),
    ...(traces?.failing && { failingTraceId: traces.failing }),
  };
}
