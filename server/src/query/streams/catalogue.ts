/**
 * The streams of a selection, and how much stands in them when. Asked in the words of the projection `by_stream`
 * (store/schema/002-logs.sql), so that no line is read; where exact times matter, the lines themselves are asked.
 */
import { type Labels, type Limits, labelsFrom, type Matcher, Refusal } from '#model';
import { int, joinSql, type Sql, type Store, sql, text } from '#store';
import { all, any, timeWithinNs } from '../stored/index.ts';
import { matcherCondition, selectorConditions } from './matchers.ts';

export interface CatalogueDeps {
  readonly ask: Store['ask'];
  readonly limits: Limits['query'];
}

export interface StreamsQuestion {
  readonly tenant: string;
  /** Streams that any of these selects; none means every stream. */
  readonly matcherSets: readonly (readonly Matcher[])[];
  /** startNs <= time < endNs. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly signal: AbortSignal;
}

export interface StreamSlot {
  readonly labels: Labels;
  /** When the slot begins. */
  readonly startNs: bigint;
  readonly lines: number;
  readonly bytes: number;
}

/** What the projection keeps apart. Questions that are answered from it see whole slots. */
export const slotNs = 600_000_000_000n;

interface StreamRow {
  readonly names: readonly string[];
  readonly values: readonly string[];
  readonly slot: string;
  readonly lines: string;
  readonly bytes: string;
}

/** One row a stream: all of its time together. Refuses with QUERY_TOO_LARGE past `query.seriesMax`. */
export async function streamsOf(deps: CatalogueDeps, question: StreamsQuestion): Promise<StreamSlot[]> {
  return rowsOf(
    deps,
    question,
    sql`SELECT 0 AS slot, any(stream) AS labels, count() AS lines, sum(length(body)) AS bytes
  FROM logs WHERE ${slotConditions(question)} GROUP BY service, cityHash64(stream)`,
  );
}

/** One row a stream and slot. */
export async function streamSlotsOf(deps: CatalogueDeps, question: StreamsQuestion): Promise<StreamSlot[]> {
  return rowsOf(
    deps,
    question,
    sql`SELECT toInt64(toUnixTimestamp(slot_start)) * 1000000000 AS slot, labels, lines, bytes FROM (
  SELECT toStartOfTenMinutes(time) AS slot_start, any(stream) AS labels, count() AS lines, sum(length(body)) AS bytes
  FROM logs WHERE ${slotConditions(question)} GROUP BY service, slot_start, cityHash64(stream))`,
  );
}

/** How many lines stand in each slot, whatever their streams; slots ascend. */
export async function linesBySlot(
  { ask }: Pick<CatalogueDeps, 'ask'>,
  question: StreamsQuestion,
): Promise<{ startNs: bigint; lines: number }[]> {
  const query = sql`SELECT toInt64(toUnixTimestamp(slot_start)) * 1000000000 AS slot, sum(lines) AS slot_lines FROM (
  SELECT toStartOfTenMinutes(time) AS slot_start, any(stream) AS labels, count() AS lines
  FROM logs WHERE ${slotConditions(question)} GROUP BY service, slot_start, cityHash64(stream))
WHERE ${selectedStreams(question.matcherSets)}
GROUP BY slot ORDER BY slot`;
  const rows = await ask<{ slot: string; slot_lines: string }>(query, question);
  return rows.map(({ slot, slot_lines }) => ({ startNs: BigInt(slot), lines: Number(slot_lines) }));
}

/** One row a stream and step, of the range exactly: reads how long the lines are. */
export async function exactSlotsOf(
  deps: CatalogueDeps,
  question: StreamsQuestion & { readonly stepNs: bigint },
): Promise<StreamSlot[]> {
  const { startNs, endNs, stepNs, tenant } = question;
  const since = sql`toUnixTimestamp64Nano(time) - ${int(startNs)}`;
  return rowsOf(
    deps,
    question,
    sql`SELECT ${int(startNs)} + step * ${int(stepNs)} AS slot, labels, lines, bytes FROM (
  SELECT intDiv(${since}, ${int(stepNs)}) AS step, stream AS labels, count() AS lines, sum(length(body)) AS bytes
  FROM logs WHERE ${all([...selectorConditions({ tenant, matchers: [] }), timeWithinNs(startNs, endNs - 1n)])}
  GROUP BY step, labels)`,
  );
}

async function rowsOf({ ask, limits }: CatalogueDeps, question: StreamsQuestion, grouped: Sql): Promise<StreamSlot[]> {
  const query = sql`SELECT mapKeys(labels) AS names, mapValues(labels) AS values, slot, lines, bytes FROM (
  ${grouped})
WHERE ${selectedStreams(question.matcherSets)}
LIMIT ${int(limits.seriesMax + 1)}`;
  const rows = await ask<StreamRow>(query, question);
  if (rows.length > limits.seriesMax) throw tooManyStreams(limits.seriesMax);
  return rows.map(({ names, values, slot, lines, bytes }) => ({
    labels: labelsFrom(names.map((name, i) => [name, values[i] ?? ''] as const)),
    startNs: BigInt(slot),
    lines: Number(lines),
    bytes: Number(bytes),
  }));
}

/** The slots that touch the range; a condition on the time itself would not be the projection's. */
export function slotConditions({ tenant, startNs, endNs }: Omit<StreamsQuestion, 'matcherSets' | 'signal'>): Sql {
  const from = sql`toStartOfTenMinutes(time) >= toStartOfTenMinutes(fromUnixTimestamp64Nano(${int(withinEra(startNs))}))`;
  const to = sql`toStartOfTenMinutes(time) <= toStartOfTenMinutes(fromUnixTimestamp64Nano(${int(withinEra(endNs - 1n))}))`;
  return all([sql`tenant = ${text(tenant)}`, from, to]);
}

/** Slots are kept as 32-bit seconds. */
function withinEra(ns: bigint): bigint {
  const latestNs = 4_294_000_000_000_000_000n;
  return ns < 0n ? 0n : ns > latestNs ? latestNs : ns;
}

export function selectedStreams(matcherSets: StreamsQuestion['matcherSets']): Sql {
  const label = (name: string): Sql => sql`labels[${text(name)}]`;
  const sets = matcherSets
    .filter((matchers) => matchers.length > 0)
    .map((matchers) =>
      joinSql(
        matchers.map((matcher) => matcherCondition(matcher, label)),
        ' AND ',
      ),
    );
  return sets.length === 0 || sets.length < matcherSets.length ? sql`1` : any(sets);
}

function tooManyStreams(seriesMax: number): Refusal {
  return new Refusal(`over ${seriesMax} streams match (query.seriesMax); narrow the selector or the time range`, {
    code: 'QUERY_TOO_LARGE',
  });
}
