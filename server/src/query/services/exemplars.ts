/**
 * Real requests as points on the latency chart. Per step: the slowest, the newest that failed, and one of the rest;
 * and what SDKs attached to metrics, which are kept whatever the sampling of spans was.
 */
import type { Exemplar } from '@farol/contract';
import { int, type Sql, sql, text, texts } from '#store';
import { type Ask, all, nsOfMs, timeWithin } from '../stored/index.ts';
import type { ServiceQuestion } from './deps.ts';
import { requestMetrics } from './dialects.ts';
import { answersRequests, endpointKey, spanConditions } from './span-signals.ts';
import type { Steps } from './steps.ts';

const pointsMax = 300;

interface PointRow {
  readonly time_ms: string;
  readonly value_ms: number;
  readonly trace_id: string;
  readonly span_id: string;
  readonly endpoint: string;
  readonly error: boolean | number;
}

export async function exemplarsOf(ask: Ask, question: ServiceQuestion, steps: Steps): Promise<Exemplar[]> {
  const { signal } = question;
  const [spans, stored] = await Promise.all([
    ask<PointRow>(spanPointsSql(question, steps), { signal }),
    ask<PointRow>(storedPointsSql(question), { signal }),
  ]);
  const byTrace = new Map<string, Exemplar>();
  for (const row of [...spans, ...stored]) if (!byTrace.has(row.trace_id)) byTrace.set(row.trace_id, pointFrom(row));
  return fewest([...byTrace.values()]).sort((a, b) => a.timeMs - b.timeMs);
}

function pointFrom(row: PointRow): Exemplar {
  return {
    timeMs: Number(row.time_ms),
    valueMs: row.value_ms,
    traceId: row.trace_id,
    spanId: row.span_id,
    endpoint: row.endpoint,
    error: Boolean(row.error),
  };
}

/** When there are too many, those that failed stay, then the slow ones. */
function fewest(points: Exemplar[]): Exemplar[] {
  if (points.length <= pointsMax) return points;
  return points.sort((a, b) => Number(b.error) - Number(a.error) || b.valueMs - a.valueMs).slice(0, pointsMax);
}

export function spanPointsSql(question: ServiceQuestion, steps: Steps): Sql {
  const stepNs = int(nsOfMs(steps.stepMs));
  const point = sql`tuple(toUnixTimestamp64Milli(time), duration_ns / 1e6, trace_id, span_id, ${endpointKey}, status = 'error')`;
  return sql`SELECT point.1 AS time_ms, point.2 AS value_ms, point.3 AS trace_id, point.4 AS span_id,
  point.5 AS endpoint, point.6 AS error
FROM (
  SELECT arrayJoin(arrayDistinct([slowest, failed, sampled])) AS point
  FROM (
    SELECT intDiv(toUnixTimestamp64Nano(time) - ${int(nsOfMs(steps.startMs))}, ${stepNs}) AS step,
      argMax(${point}, duration_ns) AS slowest,
      argMaxIf(${point}, time, status = 'error') AS failed,
      argMin(${point}, cityHash64(trace_id)) AS sampled
    FROM spans
    WHERE ${all(spanConditions(question))} AND ${answersRequests} AND ${timeWithin(steps)}
    GROUP BY step
  )
)
WHERE trace_id != ''
LIMIT 1000`;
}

/** The unit is in the metric's name: seconds unless it says milliseconds. */
export function storedPointsSql(question: ServiceQuestion): Sql {
  return sql`SELECT toUnixTimestamp64Milli(time) AS time_ms,
  value * if(endsWith(metric, '_milliseconds_bucket'), 1, 1000) AS value_ms, trace_id, span_id,
  '' AS endpoint, 0 AS error
FROM exemplars
WHERE tenant = ${text(question.tenant)} AND metric IN ${texts(requestMetrics)} AND ${momentsWithin(question)}
  AND trace_id != '' AND id GLOBAL IN (
    SELECT id FROM series
    WHERE tenant = ${text(question.tenant)} AND metric IN ${texts(requestMetrics)}
      AND (labels['service_name'] = ${text(question.service)}
        OR labels['service_name'] = '' AND labels['job'] = ${text(question.service)}))
ORDER BY value DESC
LIMIT ${int(pointsMax)}`;
}

const momentsWithin = (range: { startMs: number; endMs: number }): Sql =>
  sql`time >= fromUnixTimestamp64Milli(${int(Math.floor(range.startMs))}) AND time < fromUnixTimestamp64Milli(${int(Math.ceil(range.endMs))})`;
