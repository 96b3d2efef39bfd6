/** Parts of words in log lines, as the index `by_part` finds them (store/schema/002-logs.sql). */
import { type Sql, sql, text } from '#store';

/**
 * True of every line that holds the part, whatever the case of its ASCII letters; none when the index is of no use: it
 * knows parts from four characters on. Goes before the exact test, which then reads little.
 */
export function mayHold(part: string): Sql[] {
  const lowered = part.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return part.length < 4 ? [] : [sql`lower(body) LIKE ${text(`%${escapedLike(lowered)}%`)}`];
}

/**
 * The longest run of characters that are equal to nothing but themselves and their other case: beside them the long s is
 * an `s` and the Kelvin sign a `k`.
 */
export const plainRunOf = (part: string): string => longest(plainRunsOf(part));

export const plainRunsOf = (part: string): string[] => part.split(/[ks]|[^ -~]/i);

export const longest = (runs: readonly string[]): string =>
  runs.reduce((best, run) => (run.length > best.length ? run : best), '');

export const escapedLike = (literal: string): string => literal.replace(/[\\%_]/g, '\\$&');
