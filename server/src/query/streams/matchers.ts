/** Stream selectors as SQL. A label that a stream lacks is '', as Loki has it; patterns are RE2, anchored at both ends. */
import type { Matcher } from '#model';
import { type Sql, sql, text } from '#store';
import { timeWithinNs } from '../stored/index.ts';

/** startNs <= time < endNs. */
export interface Selection {
  readonly tenant: string;
  readonly matchers: readonly Matcher[];
  readonly startNs: bigint;
  readonly endNs: bigint;
}

/** Everything but the time. */
export function selectorConditions({ tenant, matchers }: Pick<Selection, 'tenant' | 'matchers'>): Sql[] {
  return [sql`tenant = ${text(tenant)}`, ...matchers.map((matcher) => matcherCondition(matcher, streamLabel))];
}

export function selectionConditions(selection: Selection): Sql[] {
  return [...selectorConditions(selection), timeWithinNs(selection.startNs, selection.endNs - 1n)];
}

/** The value of a stream's label. The service stands in a column of its own, which the primary key begins with. */
export const streamLabel = (name: string): Sql => (name === 'service_name' ? sql`service` : sql`stream[${text(name)}]`);

export function matcherCondition({ name, kind, value }: Matcher, labelOf: (name: string) => Sql): Sql {
  const label = labelOf(name);
  switch (kind) {
    case '=':
      return sql`${label} = ${text(value)}`;
    case '!=':
      return sql`${label} != ${text(value)}`;
    case '=~':
      return sql`match(${label}, ${text(anchored(value))})`;
    case '!~':
      return sql`NOT match(${label}, ${text(anchored(value))})`;
  }
}

const anchored = (pattern: string): string => `^(?s:${pattern})$`;
