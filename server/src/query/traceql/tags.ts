/** Names and values to complete a query with: of the spans of a range, or of those among them that a filter passes. */
import {
  type AttributeScope,
  type Field,
  type KindName,
  parseFieldName,
  parseQuery,
  type StatusName,
} from '@farol/traceql';
import { integers, type Sql, sql, text } from '#store';
import { type Ask, all, type TimeRange, timeWithin } from '../stored/index.ts';
import { always } from './comparison.ts';
import { type Cell, cellSql } from './fields.ts';
import { groupColumn } from './metrics/columns.ts';
import { oneFilter } from './needs.ts';
import { patternProblem } from './patterns.ts';

export interface TagQuestion extends TimeRange {
  readonly tenant: string;
  /** A query whose one filter the spans must pass. What cannot be read, as while it is being typed, filters nothing. */
  readonly filter?: string;
  readonly limit: number;
  readonly signal: AbortSignal;
}

export interface TagValue {
  readonly type: 'string' | 'int' | 'float' | 'bool' | 'keyword' | 'duration';
  readonly value: string;
}

/** Spans that names and values are looked for in, the newest first: enough to complete by, and a bound. */
const spansMax = 200_000;

const scopes = {
  span: sql`arrayJoin(mapKeys(attributes))`,
  resource: sql`arrayJoin(mapKeys(resource))`,
  instrumentation: sql`arrayJoin(mapKeys(scope))`,
  event: partKeys(sql`events`),
  link: partKeys(sql`links`),
} as const satisfies Record<AttributeScope, Sql>;

/** Events and links are OTLP's JSON. */
function partKeys(column: Sql): Sql {
  return sql`arrayJoin(arrayFlatten(arrayMap(
    part -> arrayMap(attribute -> JSONExtractString(attribute, 'key'), JSONExtractArrayRaw(part, 'attributes')),
    JSONExtractArrayRaw(${column}))))`;
}

export async function tagNames(ask: Ask, scope: AttributeScope, question: TagQuestion): Promise<string[]> {
  const rows = await ask<{ name: string }>(
    sql`SELECT DISTINCT toString(${scopes[scope]}) AS name
FROM (${newest(question, columnsOf(scope))})
ORDER BY name
LIMIT ${integers([question.limit])}`,
    { signal: question.signal },
  );
  return rows.map(({ name }) => name);
}

function columnsOf(scope: AttributeScope): Sql {
  switch (scope) {
    case 'span':
      return sql`attributes`;
    case 'resource':
      return sql`resource`;
    case 'instrumentation':
      return sql`scope`;
    case 'event':
      return sql`events`;
    case 'link':
      return sql`links`;
  }
}

function newest(question: TagQuestion, columns: Sql): Sql {
  const condition = filterOf(question.filter);
  return sql`SELECT ${columns} FROM spans
  WHERE ${all([sql`tenant = ${text(question.tenant)}`, timeWithin(question), sql`(${condition})`])}
  LIMIT ${integers([spansMax])}`;
}

function filterOf(query: string | undefined): Sql {
  if (query === undefined || query === '') return always.sql;
  try {
    const { body } = parseQuery(query);
    const filter = body.kind === 'pipeline' ? oneFilter(body.stages) : undefined;
    return filter?.exact && patternsRead(query) ? filter.sql : always.sql;
  } catch {
    // A query that is still being typed is no error: it filters nothing yet.
    return always.sql;
  }
}

/** A pattern that is not RE2 would be refused by the store. */
function patternsRead(query: string): boolean {
  return [...query.matchAll(/[=!]~\s*"((?:[^"\\]|\\.)*)"/g)].every(
    ([, pattern]) => patternProblem(pattern ?? '') === undefined,
  );
}

const statuses: readonly StatusName[] = ['ok', 'error', 'unset'];
const kinds: readonly KindName[] = ['client', 'server', 'producer', 'consumer', 'internal', 'unspecified'];

/** Undefined when `name` is no field. */
export async function tagValues(ask: Ask, name: string, question: TagQuestion): Promise<TagValue[] | undefined> {
  const field = parseFieldName(name);
  if (field === undefined) return undefined;
  if (field.kind === 'intrinsic') {
    if (field.name === 'span:status') return statuses.map((value) => ({ type: 'keyword', value }));
    if (field.name === 'span:kind') return kinds.map((value) => ({ type: 'keyword', value }));
    if (field.name === 'span:duration' || field.name === 'trace:duration') return [];
  }
  return await storedValues(ask, field, question);
}

async function storedValues(ask: Ask, field: Field, question: TagQuestion): Promise<TagValue[]> {
  const { tenant, filter, limit, signal } = question;
  const rootColumn = rootField(field);
  const column = rootColumn === undefined ? groupColumn(field) : groupColumn(rootColumn);
  const conditions = [sql`tenant = ${text(tenant)}`, timeWithin(question), sql`(${filterOf(filter)})`];
  if (rootColumn !== undefined) conditions.push(sql`parent_span_id = ''`);
  const cells = column === undefined ? partCells(field) : sql`${column.cell(sql`g`)}`;
  if (cells === undefined) return [];
  const rows = await ask<{ cell: Cell }>(
    sql`SELECT ${cells} AS cell
FROM (
  SELECT g FROM (SELECT ${column?.inner ?? partColumn(field)} AS g FROM spans WHERE ${all(conditions)} LIMIT ${integers([spansMax * 5])})
  GROUP BY g
)
WHERE cell.1 = 1
LIMIT ${integers([limit])}`,
    { signal },
  );
  return rows.map(({ cell: [, value, type] }) => ({ type: typeName(type), value }));
}

/** A root's name and service are those of spans without a parent. */
function rootField(field: Field): Field | undefined {
  if (field.kind !== 'intrinsic') return undefined;
  if (field.name === 'trace:rootName') return { ...field, name: 'span:name' };
  if (field.name !== 'trace:rootService') return undefined;
  return { kind: 'attribute', scope: 'resource', parent: false, name: 'service.name', start: 0, end: 0 };
}

const partColumn = (field: Field): Sql => (isOfEvents(field) ? sql`events` : sql`links`);

const isOfEvents = (field: Field): boolean =>
  field.kind === 'attribute' ? field.scope === 'event' : field.name.startsWith('event:');

function partCells(field: Field): Sql | undefined {
  if (cellSql(field) !== undefined) return undefined;
  if (field.kind === 'attribute') {
    return sql`arrayJoin(arrayFlatten(arrayMap(part -> arrayMap(
      attribute -> tuple(1, JSONExtractString(attribute, 'value', 'stringValue'), ''),
      arrayFilter(attribute -> JSONExtractString(attribute, 'key') = ${text(field.name)}
        AND JSONHas(attribute, 'value', 'stringValue'), JSONExtractArrayRaw(part, 'attributes'))),
      JSONExtractArrayRaw(g))))`;
  }
  const keys: Readonly<Record<string, string>> = {
    'event:name': 'name',
    'link:traceID': 'traceId',
    'link:spanID': 'spanId',
  };
  const key = keys[field.name];
  if (key === undefined) return undefined;
  return sql`arrayJoin(arrayMap(part -> tuple(1, JSONExtractString(part, ${text(key)}), ''), JSONExtractArrayRaw(g)))`;
}

function typeName(type: string): TagValue['type'] {
  switch (type) {
    case 'int':
    case 'bool':
    case 'duration':
      return type;
    case 'double':
      return 'float';
    case 'status':
    case 'kind':
      return 'keyword';
    default:
      return 'string';
  }
}
