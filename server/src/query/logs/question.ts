/** What can be asked of the logs, and its conditions in SQL: one place, so that the list, the histogram and the facets agree. */
import { type Param, type Sql, sql, text, texts } from '#store';
import {
  type AttributeFilter,
  all,
  attributeFilter,
  equals,
  inEnvironment,
  mayHold,
  oneOf,
  plainRunOf,
  type TimeRange,
} from '../stored/index.ts';
import { parseText, type TextTerm, tokensOf } from './text.ts';

export interface LogFilter {
  readonly tenant: string;
  readonly services: readonly string[];
  readonly levels: readonly string[];
  /** As typed; see text.ts. */
  readonly text: string;
  readonly attributes: readonly AttributeFilter[];
  readonly traceId?: string;
  readonly spanId?: string;
  readonly environment?: string;
}

export interface LogQuestion extends LogFilter, TimeRange {}

const maps = [sql`attributes`, sql`resource`, sql`stream`];

/** Everything but the time. */
export function conditionsOf(filter: LogFilter): Sql[] {
  return [
    sql`tenant = ${text(filter.tenant)}`,
    ...oneOf(sql`service`, filter.services),
    ...oneOf(sql`level`, filter.levels),
    ...equals(sql`trace_id`, filter.traceId),
    ...equals(sql`span_id`, filter.spanId),
    ...inEnvironment(filter.environment),
    ...parseText(filter.text).map(textCondition),
    ...filter.attributes.map((attribute) => attributeFilter(maps, attribute)),
  ];
}

/** The filter has a condition that an index answers, so that few lines need be read however long the range. */
export const isIndexed = (filter: LogFilter): boolean =>
  parseText(filter.text).some(({ wanted }) => wanted) || (filter.traceId ?? '') !== '';

/**
 * The index answers which lines have all the words; only those are read, to see whether the words stand as typed.
 * A text without a single word (`!!`), or a part of a word, is looked for in every line of the range that may hold it.
 */
function textCondition(term: TextTerm): Sql {
  const found = term.partial ? containsPart(term.text) : wholeWords(term.text);
  return term.wanted ? found : sql`NOT (${found})`;
}

function wholeWords(words: string): Sql {
  const tokens = tokensOf(words);
  if (tokens.length === 0) return contains(words);
  const hasWords = sql`hasAllTokens(${searchedBody}, ${lowered(tokens)})`;
  if (tokens.length === 1 && tokens[0] === words) return hasWords;
  // Common words stand in nearly every granule, but seldom one behind the other: what joins them is looked for, too.
  return sql`(${all([...mayHold(plainRunOf(words)), hasWords, contains(words)])})`;
}

/** The expression that the index `by_word` is built over (store/schema/001-telemetry.sql); right without the index, too. */
const searchedBody = sql`lowerUTF8(body)`;

const lowered = (tokens: readonly string[]): Param => texts(tokens.map((token) => token.toLowerCase()));

const contains = (part: string): Sql => sql`positionCaseInsensitiveUTF8(body, ${text(part)}) > 0`;

/** A part of a word is no word: only the index of parts can tell where it may be. */
const containsPart = (part: string): Sql => sql`(${all([...mayHold(plainRunOf(part)), contains(part)])})`;
