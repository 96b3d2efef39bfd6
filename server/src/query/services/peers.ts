/** Whom a service calls and who calls it, from spans: client spans by their peer, and server spans by their caller. */
import type { Dependency } from '@farol/contract';
import { int, type Sql, sql } from '#store';
import { type Ask, all, timeWithin } from '../stored/index.ts';
import type { ServiceQuestion } from './deps.ts';
import { spanConditions } from './span-signals.ts';
import { lengthSeconds, type Steps } from './steps.ts';

interface PeerRow {
  readonly name: string;
  readonly kind: string;
  readonly calls: string;
  readonly errors: string;
  readonly p95_ms: number;
}

export async function peersOf(ask: Ask, question: ServiceQuestion, steps: Steps): Promise<Dependency[]> {
  const { signal } = question;
  const [callees, callers] = await Promise.all([
    ask<PeerRow>(calleesSql(question), { signal }),
    ask<PeerRow>(callersSql(question), { signal }),
  ]);
  const from =
    (direction: Dependency['direction']) =>
    (row: PeerRow): Dependency => ({
      name: row.name,
      kind: row.kind as Dependency['kind'],
      direction,
      ratePerSecond: Number(row.calls) / lengthSeconds(steps),
      errorShare: Number(row.errors) / Math.max(1, Number(row.calls)),
      p95Ms: Number.isFinite(row.p95_ms) ? row.p95_ms : null,
    });
  return [...callees.map(from('calls')), ...callers.map(from('called-by'))];
}

const attribute = (...names: readonly string[]): Sql =>
  names.reduceRight<Sql>(
    (otherwise, name) => sql`if(attributes[${textOf(name)}] != '', attributes[${textOf(name)}], ${otherwise})`,
    sql`''`,
  );

const textOf = (name: string) => ({ kind: 'param', type: 'String', value: name }) as const;

/** A client span's child in another service tells its callee's name; else the span's own attributes do. */
export function calleesSql(question: ServiceQuestion): Sql {
  const own = sql`${all(spanConditions(question))} AND ${timeWithin(question)}`;
  const others = sql`${all(spanConditions({ ...question, service: undefined }))} AND ${timeWithin(question)}`;
  const database = attribute('db.system.name', 'db.system');
  const queue = attribute('messaging.system');
  const host = attribute(
    'peer.service',
    'server.address',
    'net.peer.name',
    'rpc.service',
    'http.host',
    'network.peer.address',
  );
  return sql`SELECT
  multiIf(database != '', database, callee != '', callee, queue != '', queue, host != '', host, span_name) AS name,
  multiIf(database != '', 'database', queue != '', 'messaging', callee != '', 'service', 'external') AS kind,
  count() AS calls, countIf(failed) AS errors, quantileTDigest(0.95)(ms) AS p95_ms
FROM (
  SELECT trace_id, span_id, toString(name) AS span_name, duration_ns / 1e6 AS ms, status = 'error' AS failed,
    ${database} AS database, ${queue} AS queue, ${host} AS host
  FROM spans
  WHERE ${own} AND kind IN ('client', 'producer')
  ORDER BY time DESC LIMIT ${int(callsMax)}
) AS calling
GLOBAL LEFT JOIN (
  SELECT trace_id, parent_span_id, any(toString(service)) AS callee FROM spans
  WHERE ${others} AND service != ${textOf(question.service)} AND kind IN ('server', 'consumer') AND parent_span_id != ''
  GROUP BY trace_id, parent_span_id
  LIMIT ${int(callsMax)}
) AS called ON called.trace_id = calling.trace_id AND called.parent_span_id = calling.span_id
GROUP BY name, kind
ORDER BY calls DESC
LIMIT 50`;
}

/** Spans joined at most; a busier range is answered from its newest part. */
const callsMax = 200_000;

export function callersSql(question: ServiceQuestion): Sql {
  const own = sql`${all(spanConditions(question))} AND ${timeWithin(question)}`;
  const others = sql`${all(spanConditions({ ...question, service: undefined }))} AND ${timeWithin(question)}`;
  return sql`SELECT caller AS name, 'service' AS kind, count() AS calls, countIf(failed) AS errors,
  quantileTDigest(0.95)(ms) AS p95_ms
FROM (
  SELECT trace_id, parent_span_id, duration_ns / 1e6 AS ms, status = 'error' AS failed FROM spans
  WHERE ${own} AND kind IN ('server', 'consumer') AND parent_span_id != ''
  ORDER BY time DESC LIMIT ${int(callsMax)}
) AS called
GLOBAL INNER JOIN (
  SELECT trace_id, span_id, any(toString(service)) AS caller FROM spans
  WHERE ${others} AND service != ${textOf(question.service)} AND kind IN ('client', 'producer')
  GROUP BY trace_id, span_id
  LIMIT ${int(callsMax)}
) AS calling ON calling.trace_id = called.trace_id AND calling.span_id = called.parent_span_id
GROUP BY name
ORDER BY calls DESC
LIMIT 50`;
}
