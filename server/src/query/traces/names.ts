/** Names that complete a search: services and their operations, from the spans of the range. */
import { int, type Sql, sql, text } from '#store';
import { type Ask, all, equals, type TimeRange, timeWithin } from '../stored/index.ts';

export interface NamesQuestion extends TimeRange {
  readonly tenant: string;
  readonly signal: AbortSignal;
}

const namesMax = 10_000;

export async function tracedServices(ask: Ask, question: NamesQuestion): Promise<string[]> {
  const rows = await ask<{ service: string }>(
    sql`SELECT DISTINCT service FROM spans
WHERE tenant = ${text(question.tenant)} AND ${timeWithin(question)}
ORDER BY service
LIMIT ${int(namesMax)}`,
    { signal: question.signal },
  );
  return rows.map((row) => row.service);
}

export interface Operation {
  readonly name: string;
  readonly kind: string;
}

export function operationsOf(
  ask: Ask,
  question: NamesQuestion & { readonly service?: string; readonly kind?: string },
): Promise<Operation[]> {
  return ask<Operation>(operationsSql(question), { signal: question.signal });
}

export function operationsSql(question: NamesQuestion & { readonly service?: string; readonly kind?: string }): Sql {
  const conditions = [
    sql`tenant = ${text(question.tenant)}`,
    ...equals(sql`service`, question.service),
    ...equals(sql`toString(kind)`, question.kind),
    timeWithin(question),
  ];
  return sql`SELECT DISTINCT name, kind FROM spans
WHERE ${all(conditions)}
ORDER BY name, kind
LIMIT ${int(namesMax)}`;
}
