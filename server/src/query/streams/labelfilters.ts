/** Filters of labels as SQL, for the lines that pass them: of what is stored exactly, of what a parser finds by its text. */
import { joinSql, type Sql, type Store, sql, text, texts } from '#store';
import type { StoredLabelFilter } from '../logql/index.ts';
import { type LabelsAsked, labelCondition, labelValueSql, type StoredLabel, storedLabels } from './labelsql.ts';
import { contains } from './linefilters.ts';

/** One condition for each filter. */
export async function labelConditions(
  filters: readonly StoredLabelFilter[],
  about: LabelsAsked,
  deps: { readonly ask: Store['ask'] },
): Promise<Sql[]> {
  if (filters.length === 0) return [];
  const names = filters.map(({ matcher }) => matcher.name);
  const labels = await storedLabels(names, about, deps);
  return labels.flatMap((label, i) => {
    const filter = filters[i];
    return filter === undefined ? [] : [conditionOf(label, filter)];
  });
}

function conditionOf(label: StoredLabel, { matcher, orInLine }: StoredLabelFilter): Sql {
  const stored = labelCondition(label, matcher);
  if (!orInLine) return stored;
  const inLine = mayBeWritten(matcher.value);
  if (label.ofStream === undefined && label.ofMetadata.length === 0) return inLine;
  return sql`(${joinSql([stored, sql`(${labelValueSql(label)} = '' AND ${inLine})`], ' OR ')})`;
}

/** As it is, or with an escape in it. */
function mayBeWritten(value: string): Sql {
  if (!/^[!#-.0-[\]-~]+$/.test(value)) return sql`(${contains(value)} OR body LIKE ${text('%\\\\%')})`;
  return sql`multiSearchAny(lower(body), ${texts([value.toLowerCase(), ...escapesOf(value)])})`;
}

/**
 * What a string of JSON or Go holds when a character of the value is escaped that need not be. Each is of four characters,
 * which the index `by_part` knows.
 */
function escapesOf(value: string): string[] {
  const codes = [...new Set(value)].map((char) => char.charCodeAt(0));
  const inBase = (base: number, digits: number) => (code: number) => code.toString(base).padStart(digits, '0');
  return [
    '\\u00',
    ...codes.map(inBase(16, 2)).map((hex) => `\\x${hex}`),
    ...codes.map(inBase(8, 3)).map((octal) => `\\${octal}`),
  ];
}
