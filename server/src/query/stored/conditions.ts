import { int, joinSql, type Sql, type Store, sql, text, texts } from '#store';

/** The store's `ask`, alone: a query room needs nothing else of it. */
export type Ask = Store['ask'];

/** Milliseconds since the epoch; the start belongs to the range, the end does not. */
export interface TimeRange {
  readonly startMs: number;
  readonly endMs: number;
}

/** Exact: a product of today's milliseconds and a million is past what a number can hold. */
export function nsOfMs(ms: number): bigint {
  const whole = Math.floor(ms);
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6));
}

/** A moment as a DateTime64(9). */
export const momentNs = (ns: bigint): Sql => sql`fromUnixTimestamp64Nano(${int(ns)})`;

export function timeWithin(range: TimeRange): Sql {
  return timeWithinNs(nsOfMs(range.startMs), nsOfMs(range.endMs) - 1n);
}

/** Both ends included. */
export function timeWithinNs(fromNs: bigint, toNs: bigint): Sql {
  return sql`time >= ${momentNs(fromNs)} AND time <= ${momentNs(toNs)}`;
}

export const all = (conditions: readonly Sql[]): Sql => joinSql(conditions, ' AND ');
export const any = (conditions: readonly Sql[]): Sql => sql`(${joinSql(conditions, ' OR ')})`;

/** Nothing asked for means no condition. */
export function oneOf(column: Sql, values: readonly string[]): Sql[] {
  if (values.length === 0) return [];
  return [sql`${column} IN ${texts(values)}`];
}

export function equals(column: Sql, value: string | undefined): Sql[] {
  return value === undefined || value === '' ? [] : [sql`${column} = ${text(value)}`];
}

/** An attribute filter over several map columns: true when any of them holds it. */
export interface AttributeFilter {
  readonly key: string;
  readonly kind: 'equals' | 'differs' | 'exists' | 'absent';
  readonly value: string;
}

/** `differs` is true of records without the key, as a person who filters something out expects. */
export function attributeFilter(columns: readonly Sql[], filter: AttributeFilter): Sql {
  const exists = any(columns.map((column) => sql`mapContains(${column}, ${text(filter.key)})`));
  const equal = any(columns.map((column) => hasPair(column, filter.key, filter.value)));
  switch (filter.kind) {
    case 'equals':
      return equal;
    case 'differs':
      return sql`NOT ${equal}`;
    case 'exists':
      return exists;
    case 'absent':
      return sql`NOT ${exists}`;
  }
}

/** A missing key reads as '', so equality with '' also asks whether the key is there. */
function hasPair(column: Sql, key: string, value: string): Sql {
  const pair = sql`${column}[${text(key)}] = ${text(value)}`;
  return value === '' ? sql`(mapContains(${column}, ${text(key)}) AND ${pair})` : pair;
}

/** Where a resource says which environment it runs in; the older name is still the commoner one. */
export function inEnvironment(environment: string | undefined): Sql[] {
  if (environment === undefined || environment === '') return [];
  const names = ['deployment.environment.name', 'deployment.environment'];
  return [any(names.map((name) => sql`resource[${text(name)}] = ${text(environment)}`))];
}
