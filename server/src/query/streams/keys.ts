/**
 * The names that labels and attributes of lines have, from the projections `by_stream` and `by_keys` (store/schema): whole
 * slots, so that there may be names that the lines of the selection themselves lack.
 */
import type { Matcher } from '#model';
import { identifier, joinSql, type Sql, type Store, sql, text } from '#store';
import { all } from '../stored/index.ts';
import { selectedStreams, slotConditions } from './catalogue.ts';
import type { LabelsAsked } from './labelsql.ts';
import { type Selection, selectionConditions } from './matchers.ts';

export interface StoredKeys {
  readonly ofStreams: ReadonlySet<string>;
  readonly ofMaps: readonly AttributeKey[];
}

interface AttributeKey {
  readonly column: (typeof maps)[number];
  readonly key: string;
}

const maps = ['attributes', 'scope', 'resource'] as const;
type KeysRow = Record<`${(typeof maps)[number]}_keys`, string[]>;

/** `withMaps`: attributes are asked for as well. */
export async function keysOf(
  withMaps: boolean,
  { selection, signal }: LabelsAsked,
  deps: { readonly ask: Store['ask'] },
): Promise<StoredKeys> {
  const [streams, ofMaps] = await Promise.all([
    deps.ask<{ names: string[] }>(streamNamesSql(selection), { signal }),
    withMaps ? attributeKeys({ selection, signal }, deps) : [],
  ]);
  return { ofStreams: new Set(streams[0]?.names), ofMaps };
}

function streamNamesSql(selection: Selection): Sql {
  return sql`SELECT groupUniqArrayArray(mapKeys(labels)) AS names FROM (
  SELECT any(stream) AS labels FROM logs WHERE ${slotConditions(selection)} GROUP BY service, cityHash64(stream))
WHERE ${selectedStreams([selection.matchers])}`;
}

/** As many as the projection keeps of each map: a longer list may have been cut. */
const keysMax = 1000;

async function attributeKeys({ selection, signal }: LabelsAsked, { ask }: { ask: Store['ask'] }) {
  const [found] = await ask<KeysRow>(slotKeysSql(selection), { signal });
  const isCut = maps.some((column) => (found?.[`${column}_keys`].length ?? 0) >= keysMax);
  const [keys] = isCut ? await ask<KeysRow>(lineKeysSql(selection), { signal }) : [found];
  return maps.flatMap((column) => (keys?.[`${column}_keys`] ?? []).map((key) => ({ column, key })));
}

/** In the words of the projection, which knows services but no other label. */
function slotKeysSql(selection: Selection): Sql {
  return sql`SELECT ${joinSql(maps.map(slotKeys), ', ')}
FROM logs
WHERE ${all([slotConditions(selection), ...selection.matchers.filter(isOfService).map(serviceCondition)])}`;
}

const slotKeys = (map: string): Sql =>
  sql`groupUniqArrayArray(1000)(tupleElement(CAST(${identifier(map)}, 'Array(Tuple(LowCardinality(String), String))'), 1)) AS ${identifier(`${map}_keys`)}`;

const isOfService = ({ name, kind }: Matcher): boolean => name === 'service_name' && kind === '=';
const serviceCondition = ({ value }: Matcher): Sql => sql`service = ${text(value)}`;

function lineKeysSql(selection: Selection): Sql {
  const lineKeys = (map: string): Sql =>
    sql`groupUniqArrayArray(mapKeys(${identifier(map)})) AS ${identifier(`${map}_keys`)}`;
  return sql`SELECT ${joinSql(maps.map(lineKeys), ', ')}
FROM logs
WHERE ${all(selectionConditions(selection))}`;
}
