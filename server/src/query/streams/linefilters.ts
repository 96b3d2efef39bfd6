/**
 * Line filters as SQL. What can be said exactly is; of a pattern filter only that its literals occur in their order.
 */
import { joinSql, type Sql, sql, text } from '#store';
import type { LineFilter } from '../logql/index.ts';
import { any, escapedLike, mayHold } from '../stored/index.ts';
import { literalOf } from './literals.ts';

/** True of every line that passes the filters, and of few that do not. */
export function necessaryConditions(filters: readonly LineFilter[]): Sql[] {
  return filters.flatMap(necessary);
}

/** True of the lines that pass and of no other; undefined when SQL cannot say so. */
export function exactConditions(filters: readonly LineFilter[]): Sql[] | undefined {
  if (filters.some(({ kind }) => kind === '|>' || kind === '!>')) return undefined;
  return necessaryConditions(filters);
}

function necessary({ kind, values }: LineFilter): Sql[] {
  switch (kind) {
    case '|=':
      return values.includes('') ? [] : [any(values.map(contains))];
    case '!=':
      return [sql`NOT ${any(values.map(contains))}`];
    case '|~':
      return [any(values.map(matches))];
    case '!~':
      return [sql`NOT ${any(values.map(matches))}`];
    case '|>':
      return [any(values.map((pattern) => sql`body LIKE ${text(likeOfPattern(pattern))}`))];
    case '!>':
      return [];
  }
}

/**
 * Both look at bytes, so that a line of broken UTF-8 is no exception. The other one is for its index: lines that the exact
 * test lets through are few.
 */
export function contains(part: string): Sql {
  return both([sql`body LIKE ${text(`%${escapedLike(part)}%`)}`, ...mayHold(part)]);
}

/** ClickHouse lets `.` match a newline unless it is told not to; Go does not. */
function matches(pattern: string): Sql {
  const literal = literalOf(pattern);
  const exact = sql`match(body, ${text(pattern.includes('.') ? `(?-s)${pattern}` : pattern)})`;
  return both([...(literal === undefined ? [] : mayHold(literal)), exact]);
}

const both = (conditions: readonly Sql[]): Sql => sql`(${joinSql(conditions, ' AND ')})`;

/** Literals in their order, whatever stands between them. */
function likeOfPattern(pattern: string): string {
  const literals = pattern.split(/<[A-Za-z_][A-Za-z0-9_]*>/).filter((literal) => literal !== '');
  return `%${literals.map((literal) => `${escapedLike(literal)}%`).join('')}`;
}
