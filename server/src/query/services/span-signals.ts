/** Golden signals from the spans that answer requests (server and consumer), where there are no request metrics. */
import { int, type Sql, sql, text } from '#store';
import { type Ask, all, inEnvironment, nsOfMs, timeWithin } from '../stored/index.ts';
import type { ServicesQuestion } from './deps.ts';
import type { Golden, Requests } from './golden.ts';
import type { Steps } from './steps.ts';

export interface SpanSignalsQuestion extends ServicesQuestion {
  readonly steps: Steps;
  /** One service; all when absent. */
  readonly service?: string;
}

interface SignalRow {
  readonly key: string;
  /** -1: the whole range before; -2: the whole range; else the step. */
  readonly step: string;
  readonly requests: string;
  readonly errors: string;
  readonly quantiles: readonly number[];
}

/** By service; or by endpoint (`method route`, else the span's name) of the one service. */
export async function spanSignals(
  ask: Ask,
  question: SpanSignalsQuestion,
  by: 'service' | 'endpoint',
): Promise<Map<string, Golden>> {
  const rows = await ask<SignalRow>(signalsSql(question, by === 'service' ? sql`service` : endpointKey), {
    signal: question.signal,
  });
  const found = new Map<string, { now: Requests; before: Requests; steps: (Requests | undefined)[] }>();
  for (const row of rows) {
    const golden = found.get(row.key) ?? { now: none, before: none, steps: new Array(question.steps.count) };
    found.set(row.key, golden);
    const step = Number(row.step);
    const requests = requestsFrom(row);
    if (step === -2) golden.now = requests;
    else if (step === -1) golden.before = requests;
    else golden.steps[step] = requests;
  }
  return found;
}

const none: Requests = { count: 0, errors: 0 };

function requestsFrom(row: SignalRow): Requests {
  const [p50Ms, p95Ms, p99Ms] = row.quantiles;
  return { count: Number(row.requests), errors: Number(row.errors), p50Ms, p95Ms, p99Ms };
}

const method = sql`if(attributes['http.request.method'] != '', attributes['http.request.method'], attributes['http.method'])`;

/** What people call an endpoint: its method and route, a queue, an RPC method; else the span's name, which is all there is. */
export const endpointKey: Sql = sql`if(attributes['http.route'] != '', concat(${method}, ' ', attributes['http.route']), toString(name))`;

export const answersRequests: Sql = sql`kind IN ('server', 'consumer')`;

export function signalsSql(question: SpanSignalsQuestion, key: Sql): Sql {
  const { steps } = question;
  const before = { startMs: steps.startMs - (steps.endMs - steps.startMs), endMs: steps.endMs };
  const sinceStart = sql`toUnixTimestamp64Nano(time) - ${int(nsOfMs(steps.startMs))}`;
  return sql`SELECT key, if(grouping(place) = 0, place, if(earlier, -1, -2)) AS step, count() AS requests,
  countIf(failed) AS errors, quantilesTDigest(0.5, 0.95, 0.99)(ms) AS quantiles
FROM (
  SELECT ${key} AS key, duration_ns / 1e6 AS ms, status = 'error' AS failed, ${sinceStart} AS since,
    since < 0 AS earlier, if(earlier, toInt64(-1), intDiv(since, ${int(nsOfMs(steps.stepMs))})) AS place
  FROM spans
  WHERE ${all(spanConditions(question))} AND ${answersRequests} AND ${timeWithin(before)}
)
GROUP BY GROUPING SETS ((key, place), (key, earlier))
HAVING grouping(place) = 1 OR place >= 0`;
}

export function spanConditions(question: { tenant: string; service?: string; environment?: string }): Sql[] {
  return [
    sql`tenant = ${text(question.tenant)}`,
    ...(question.service === undefined ? [] : [sql`service = ${text(question.service)}`]),
    ...inEnvironment(question.environment),
  ];
}
