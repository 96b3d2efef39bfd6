/**
 * The commonest values, for narrowing down. Services and levels are counted over every matching line; attributes over
 * the newest `sampleLines` of them, and the answer says so.
 */
import type { LogFacetsAnswer } from '@farol/contract';
import { int, type Sql, sql } from '#store';
import { type Ask, all, timeWithin } from '../stored/index.ts';
import { conditionsOf, type LogQuestion } from './question.ts';

export interface LogFacetsQuestion extends LogQuestion {
  readonly signal: AbortSignal;
}

const sampleLines = 10_000;
const valuesPerKeyMax = 10;
const keysMax = 20;

interface FacetRow {
  readonly key: string;
  readonly value: string;
  readonly lines: string;
}

export async function facetLogs(ask: Ask, question: LogFacetsQuestion): Promise<LogFacetsAnswer> {
  const { signal } = question;
  const [exact, sampled] = await Promise.all([
    ask<FacetRow>(columnFacetsSql(question), { signal }),
    ask<FacetRow>(attributeFacetsSql(question), { signal }),
  ]);
  const total = exact.filter((row) => row.key === 'level').reduce((sum, row) => sum + Number(row.lines), 0);
  const facets = [...facetsFrom(exact), ...facetsFrom(sampled)];
  return { facets, ...(total > sampleLines && { sampledLines: sampleLines }) };
}

export function columnFacetsSql(question: LogQuestion): Sql {
  return sql`SELECT key, value, lines FROM (
  SELECT if(grouping(service) = 0, 'service', 'level') AS key,
    if(grouping(service) = 0, toString(service), toString(level)) AS value, count() AS lines
  FROM logs
  WHERE ${all([...conditionsOf(question), timeWithin(question)])}
  GROUP BY GROUPING SETS ((service), (level))
)
ORDER BY key DESC, lines DESC, value
LIMIT 50 BY key`;
}

/**
 * Values that hardly repeat (ids, durations) help nobody to narrow down, so keys are ranked by how few values they have.
 * A stream's labels are told where there is no resource: else they are the resource's own, under other names.
 */
export function attributeFacetsSql(question: LogQuestion): Sql {
  return sql`SELECT key, value, lines FROM (
  SELECT pair.1 AS key, pair.2 AS value, count() AS lines,
    sum(lines) OVER (PARTITION BY key) AS key_lines, count() OVER (PARTITION BY key) AS key_values
  FROM (
    SELECT arrayJoin(arrayDistinct(arrayConcat(CAST(attributes, 'Array(Tuple(String, String))'),
      CAST(if(empty(resource), stream, resource), 'Array(Tuple(String, String))')))) AS pair
    FROM (
      SELECT attributes, resource, stream FROM logs
      WHERE ${all([...conditionsOf(question), timeWithin(question)])}
      ORDER BY time DESC
      LIMIT ${int(sampleLines)}
    )
  )
  GROUP BY key, value
)
WHERE value != '' AND length(value) <= 200 AND (key_values <= 20 OR key_values * 4 <= key_lines)
ORDER BY key_lines DESC, key, lines DESC, value
LIMIT ${int(valuesPerKeyMax)} BY key
LIMIT ${int(valuesPerKeyMax * keysMax)}`;
}

function facetsFrom(rows: readonly FacetRow[]): LogFacetsAnswer['facets'][number][] {
  const byKey = new Map<string, { value: string; count: number }[]>();
  for (const row of rows) {
    const values = byKey.get(row.key) ?? [];
    byKey.set(row.key, values);
    values.push({ value: row.value, count: Number(row.lines) });
  }
  return [...byKey].map(([key, values]) => ({ key, values }));
}
