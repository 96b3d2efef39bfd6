/** Filters of labels as SQL, for the lines that pass them: of what is stored exactly, of what a parser finds by its text. */
import { joinSql, type Sql, type Store, sql, text, texts } from '#store';
import type { InLine, StoredLabelFilter } from '../logql/index.ts';
import { all } from '../stored/index.ts';
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

function conditionOf(label: StoredLabel, { matcher, inLine }: StoredLabelFilter): Sql {
  const stored = labelCondition(label, matcher);
  if (inLine === undefined) return stored;
  const written = all(writtenIn(inLine));
  if (label.ofStream === undefined && label.ofMetadata.length === 0) return written;
  return sql`(${joinSql([stored, sql`(${labelValueSql(label)} = '' AND ${written})`], ' OR ')})`;
}

/** The cheapest first. */
function writtenIn({ isObject, key, value }: InLine): Sql[] {
  const escapesOfValue = isObject ? escapesOfJson : escapesOf;
  return [
    ...(isObject ? [isObjectSql] : []),
    ...(key === undefined ? [] : [mayBeWritten(key, escapesOfJson)]),
    ...(value === undefined ? [] : [mayBeWritten(value, escapesOfValue)]),
  ];
}

/** Blanks may stand before it. */
const isObjectSql = sql`(startsWith(body, '{') OR ascii(body) <= 32)`;

/** As it is, or with an escape in it. */
function mayBeWritten(written: string, escapes: (written: string) => readonly string[]): Sql {
  if (!/^[!#-.0-[\]-~]+$/.test(written)) return sql`(${contains(written)} OR body LIKE ${text('%\\\\%')})`;
  return sql`multiSearchAny(lower(body), ${texts([written.toLowerCase(), ...escapes(written)])})`;
}

/**
 * What a string of JSON or Go holds when a character of the text is escaped that need not be. Each is of four characters,
 * which the index `by_part` knows.
 */
function escapesOf(written: string): string[] {
  const codes = [...new Set(written)].map((char) => char.charCodeAt(0));
  const inBase = (base: number, digits: number) => (code: number) => code.toString(base).padStart(digits, '0');
  return [
    ...escapesOfJson(),
    ...codes.map(inBase(16, 2)).map((hex) => `\\x${hex}`),
    ...codes.map(inBase(8, 3)).map((octal) => `\\${octal}`),
  ];
}

const escapesOfJson = (): string[] => ['\\u00'];
