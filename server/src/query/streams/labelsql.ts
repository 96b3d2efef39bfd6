/**
 * Labels of lines as SQL: a stream's label, and structured metadata of that name. Senders name attributes with dots and
 * more, so the names that the lines really have are asked for first: maps are dear to read, only those that some line has
 * the name in are looked into.
 */
import { labelName, type Matcher } from '#model';
import { identifier, joinSql, type Sql, type Store, sql, text } from '#store';
import { keysOf, type StoredKeys } from './keys.ts';
import { matcherCondition, type Selection, streamLabel } from './matchers.ts';

/** Where a label may stand: expressions, the first that is not '' wins. Those of metadata stand behind the stream's. */
export interface StoredLabel {
  readonly name: string;
  readonly ofStream?: Sql;
  readonly ofMetadata: readonly Sql[];
}

export interface LabelsAsked {
  readonly selection: Selection;
  readonly signal: AbortSignal;
}

/** One for each name. */
export async function storedLabels(
  names: readonly string[],
  about: LabelsAsked,
  deps: { readonly ask: Store['ask'] },
): Promise<StoredLabel[]> {
  const isPlain = names.every((name) => name === 'service_name');
  const keys = isPlain ? undefined : await keysOf(names.some(isElsewhere), about, deps);
  return names.map((name) => storedLabel(name, keys));
}

/** Every line has a level. */
const isElsewhere = (name: string): boolean => name !== 'service_name' && name !== 'detected_level';

function storedLabel(name: string, keys: StoredKeys | undefined): StoredLabel {
  if (name === 'service_name' || keys === undefined) return { name, ofStream: sql`service`, ofMetadata: [] };
  const column = columns.get(name);
  const ofStream = keys.ofStreams.has(name) ? streamLabel(name) : undefined;
  const attributes = isElsewhere(name) ? attributeValues(name, keys, ofStream) : [];
  const ofMetadata = [...(column === undefined ? [] : [column]), ...attributes];
  return ofStream === undefined ? { name, ofMetadata } : { name, ofStream, ofMetadata };
}

/** Columns that are structured metadata under a name of their own. They win over attributes of that name. */
const columns: ReadonlyMap<string, Sql> = new Map([
  ['trace_id', sql`trace_id`],
  ['span_id', sql`span_id`],
  ['detected_level', sql`level`],
  [
    'observed_timestamp',
    sql`if(observed = time OR toUnixTimestamp64Nano(observed) = 0, '', toString(toUnixTimestamp64Nano(observed)))`,
  ],
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

/** The resource comes last, and says nothing that the stream is labelled with already. */
function attributeValues(name: string, { ofMaps }: StoredKeys, ofStream: Sql | undefined): Sql[] {
  const late = lateColumns.get(name);
  const inMap = (map: string): Sql[] =>
    ofMaps
      .filter(({ column, key }) => column === map && labelName(key) === name)
      .map(({ column, key }) => sql`${identifier(column)}[${text(key)}]`);
  const ofResource = inMap('resource').map((value) =>
    ofStream === undefined ? value : sql`if(${ofStream} = '', ${value}, '')`,
  );
  return [...inMap('attributes'), ...(late === undefined ? [] : [late]), ...inMap('scope'), ...ofResource];
}

/** '' where the line lacks the label. */
export function labelValueSql({ ofStream, ofMetadata }: StoredLabel): Sql {
  return firstOf([...(ofStream === undefined ? [] : [ofStream]), ...ofMetadata]);
}

export const metadataValueSql = ({ ofMetadata }: StoredLabel): Sql => firstOf(ofMetadata);

function firstOf(candidates: readonly Sql[]): Sql {
  const [first = sql`''`, ...others] = candidates.map((value) => sql`toString(${value})`);
  if (others.length === 0) return first;
  return sql`arrayFirst(value -> value != '', [${joinSql([first, ...others], ', ')}])`;
}

/** A single place is compared as it stands, so that its index is of use. */
export function labelCondition(label: StoredLabel, matcher: Matcher): Sql {
  const { ofStream, ofMetadata } = label;
  const places = [...(ofStream === undefined ? [] : [ofStream]), ...ofMetadata];
  const [only] = places;
  return matcherCondition(matcher, () => (places.length === 1 && only !== undefined ? only : labelValueSql(label)));
}
