/**
 * What lines can be summed by, as SQL: a stream's label, else structured metadata of that name. Senders name attributes
 * with dots and more, so the names that the lines really have are asked for first.
 */
import { type Labels, type Limits, labelName, labelValue } from '#model';
import { identifier, joinSql, type Sql, type Store, sql, text } from '#store';
import { all } from '../stored/index.ts';
import { streamsOf } from './catalogue.ts';
import { type Selection, selectionConditions, streamLabel } from './matchers.ts';

export interface GroupsDeps {
  readonly ask: Store['ask'];
  readonly limits: Limits['query'];
}

const maps = ['attributes', 'scope', 'resource'] as const;

/** Columns that are structured metadata under a name of their own. They win over attributes of that name. */
const columns: ReadonlyMap<string, Sql> = new Map([
  ['trace_id', sql`trace_id`],
  ['span_id', sql`span_id`],
  ['detected_level', sql`level`],
]);

/** These stand behind attributes of the same name. */
const lateColumns: ReadonlyMap<string, Sql> = new Map([
  ['severity_text', sql`severity_text`],
  ['severity_number', sql`if(severity_number = 0, '', toString(severity_number))`],
  ['flags', sql`if(flags = 0, '', toString(flags))`],
  ['event_name', sql`event_name`],
  ['scope_name', sql`scope_name`],
  ['scope_version', sql`scope_version`],
  ['dropped_attributes_count', sql`if(dropped = 0, '', toString(dropped))`],
]);

/** One expression for each name. Maps are dear to read: only those that some line has the name in are looked into. */
export async function groupValues(
  names: readonly string[],
  about: { readonly selection: Selection; readonly signal: AbortSignal },
  deps: GroupsDeps,
): Promise<Sql[]> {
  if (names.every((name) => name === 'service_name')) return names.map(() => sql`toString(service)`);
  const { selection, signal } = about;
  const [streams, keys] = await Promise.all([
    streamsOf(deps, { ...selection, matcherSets: [selection.matchers], signal }),
    names.every((name) => name === 'service_name' || name === 'detected_level') ? [] : attributeKeys(about, deps),
  ]);
  return names.map((name) => groupValue(name, { keys, isLabel: streams.some(({ labels }) => hasLabel(labels, name)) }));
}

const hasLabel = (labels: Labels, name: string): boolean => labelValue(labels, name) !== '';

interface AttributeKey {
  readonly column: string;
  readonly key: string;
}

function groupValue(name: string, { keys, isLabel }: { keys: readonly AttributeKey[]; isLabel: boolean }): Sql {
  if (name === 'service_name') return sql`toString(service)`;
  const column = columns.get(name);
  const candidates = [
    ...(isLabel ? [streamLabel(name)] : []),
    ...presentOf(column),
    // Every line has a level.
    ...(name === 'detected_level' ? [] : attributeValues(name, keys)),
  ].map((value) => sql`toString(${value})`);
  const [first = sql`''`, ...others] = candidates;
  if (others.length === 0) return first;
  return sql`arrayFirst(value -> value != '', [${joinSql([first, ...others], ', ')}])`;
}

/** Scope attributes stand before what the scope and the record say of themselves, the resource behind. */
function attributeValues(name: string, keys: readonly AttributeKey[]): Sql[] {
  const inMap = (map: string): Sql[] =>
    keys.filter(({ column, key }) => column === map && labelName(key) === name).map(attributeValueSql);
  return [...inMap('attributes'), ...presentOf(lateColumns.get(name)), ...inMap('scope'), ...inMap('resource')];
}

const presentOf = (column: Sql | undefined): Sql[] => (column === undefined ? [] : [column]);
const attributeValueSql = ({ column, key }: AttributeKey): Sql => sql`${identifier(column)}[${text(key)}]`;

/** The names of the attributes that the selected lines have. Only names are read, not values. */
async function attributeKeys(
  { selection, signal }: { readonly selection: Selection; readonly signal: AbortSignal },
  { ask }: GroupsDeps,
): Promise<AttributeKey[]> {
  const query = sql`SELECT groupUniqArrayArray(mapKeys(attributes)) AS attributes,
  groupUniqArrayArray(mapKeys(scope)) AS scope, groupUniqArrayArray(mapKeys(resource)) AS resource
FROM logs
WHERE ${all(selectionConditions(selection))}`;
  const [found] = await ask<Record<(typeof maps)[number], string[]>>(query, { signal });
  return maps.flatMap((column) => (found?.[column] ?? []).map((key) => ({ column, key })));
}
