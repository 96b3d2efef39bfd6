/** Queries whose answer is rows, as objects by column name; UInt64 and Int64 come as strings, NaN as null. */
import type { Readable } from 'node:stream';
import { Refusal } from '#model';
import type { AskOptions } from './contract.ts';
import { type ByteReader, rowBinaryRows } from './read/rowbinary-reader.ts';
import { brokenAnswer, refusalOf } from './refusals.ts';
import { type Sql, sql, text } from './sql.ts';
import type { ReadOptions, Wire } from './wire.ts';

export interface AskLimits {
  readonly msMax: number;
  readonly answerBytesMax: number;
}

export async function ask<Row>(wire: Wire, query: Sql, options: AskOptions, limits: AskLimits): Promise<Row[]> {
  return await all<Row>(wire.read(query, 'JSONCompactEachRowWithNames', readOptions(options, limits)), options, limits);
}

/** The answer as it is laid out: its columns with their types, its rows as arrays in their order. */
export async function table(wire: Wire, query: Sql, options: AskOptions, limits: AskLimits) {
  const answer = await wire.read(query, 'JSONCompactEachRowWithNamesAndTypes', readOptions(options, limits));
  const lines: unknown[][] = [];
  for await (const block of lineBlocks<unknown[]>(answer, limits.answerBytesMax))
    for (const line of block) lines.push(line);
  const [names = [], types = [], ...rows] = lines;
  return { columns: names.map((name, i) => ({ name: String(name), type: String(types[i]) })), rows };
}

/** A question about the store itself (`system` tables), with our own rights. */
export async function inspect<Row>(wire: Wire, query: Sql, options: AskOptions, limits: AskLimits): Promise<Row[]> {
  return await all<Row>(
    wire.inspect(query, 'JSONCompactEachRowWithNames', readOptions(options, limits)),
    options,
    limits,
  );
}

const systemTables = { detached_parts: sql`system.detached_parts`, disks: sql`system.disks`, parts: sql`system.parts` };

/** A table of `system`, which each machine has for itself, on all that matter: one of each shard, or every replica. */
export function systemTable(name: keyof typeof systemTables, cluster: string | undefined): Sql {
  const table = systemTables[name];
  if (cluster === undefined) return table;
  return name === 'parts'
    ? sql`cluster(${text(cluster)}, ${table})`
    : sql`clusterAllReplicas(${text(cluster)}, ${table})`;
}

/** In a format that the engine streams: it repeats the names, but needs no room for the whole answer. */
export async function* stream<Row>(
  wire: Wire,
  query: Sql,
  options: AskOptions,
  limits: AskLimits,
): AsyncGenerator<Row[]> {
  let answer: Readable | undefined;
  try {
    answer = await wire.read(query, 'JSONEachRow', readOptions(options, limits));
    yield* lineBlocks<Row>(answer, limits.answerBytesMax);
  } catch (error) {
    throw refusalOf(error, options.signal);
  } finally {
    // Ends the query when the reader stopped before the answer did.
    answer?.destroy();
  }
}

/** In bytes: a third of the work of reading lines of JSON. */
export async function* scan<Row>(
  wire: Wire,
  query: Sql,
  readRow: (reader: ByteReader) => Row,
  about: { options: AskOptions; limits: AskLimits },
): AsyncGenerator<Row[]> {
  const { options, limits } = about;
  let answer: Readable | undefined;
  try {
    answer = await wire.read(query, 'RowBinary', readOptions(options, limits));
    yield* rowBinaryRows(bounded(answer, limits.answerBytesMax), readRow);
  } catch (error) {
    throw refusalOf(error, options.signal);
  } finally {
    answer?.destroy();
  }
}

async function* bounded(answer: Readable, bytesMax: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw answerTooLarge(bytesMax);
    yield chunk;
  }
}

async function all<Row>(answering: Promise<Readable>, { signal }: AskOptions, limits: AskLimits): Promise<Row[]> {
  try {
    const answer = await answering;
    const rows: Row[] = [];
    let names: readonly string[] | undefined;
    for await (const lines of lineBlocks<unknown[]>(answer, limits.answerBytesMax)) {
      names ??= lines.shift() as string[];
      pushObjects(rows, names, lines);
    }
    return rows;
  } catch (error) {
    throw refusalOf(error, signal);
  }
}

function readOptions(options: AskOptions, limits: AskLimits): ReadOptions {
  return { signal: options.signal, msMax: Math.min(options.msMax ?? limits.msMax, limits.msMax) };
}

/** One JSON value a line. */
async function* lineBlocks<Line>(answer: Readable, bytesMax: number): AsyncGenerator<Line[]> {
  let rest: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw answerTooLarge(bytesMax);
    const end = chunk.lastIndexOf(10);
    if (end < 0) {
      rest.push(chunk);
      continue;
    }
    yield parseLines<Line>(Buffer.concat([...rest, chunk.subarray(0, end)]));
    rest = end + 1 < chunk.length ? [chunk.subarray(end + 1)] : [];
  }
  if (rest.length > 0) throw brokenAnswer(Buffer.concat(rest));
}

function parseLines<Line>(bytes: Buffer): Line[] {
  try {
    return JSON.parse(`[${bytes.toString('utf8').replaceAll('\n', ',')}]`) as Line[];
  } catch {
    throw brokenAnswer(bytes);
  }
}

function pushObjects<Row>(rows: Row[], names: readonly string[], lines: readonly unknown[][]): void {
  for (const cells of lines) {
    const row: Record<string, unknown> = {};
    for (let i = 0; i < names.length; i++) row[names[i] as string] = cells[i];
    rows.push(row as Row);
  }
}

function answerTooLarge(bytesMax: number): Refusal {
  return new Refusal(
    `the answer is over ${bytesMax} bytes, limits.query.answerBytesMax is ${bytesMax}; narrow the time range or filters`,
    { code: 'QUERY_TOO_LARGE' },
  );
}
