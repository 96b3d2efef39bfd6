/** What the engine knows about ClickHouse's formats: their content types, and which can be sent block by block. */
import type { Statement } from './statement.ts';

const contentTypes: Record<string, string> = {
  JSON: 'application/json; charset=UTF-8',
  JSONCompact: 'application/json; charset=UTF-8',
  JSONStrings: 'application/json; charset=UTF-8',
  JSONObjectEachRow: 'application/json; charset=UTF-8',
  JSONColumns: 'application/json; charset=UTF-8',
  JSONEachRow: 'application/x-ndjson; charset=UTF-8',
  JSONCompactEachRow: 'application/x-ndjson; charset=UTF-8',
  JSONStringsEachRow: 'application/x-ndjson; charset=UTF-8',
  TabSeparated: 'text/tab-separated-values; charset=UTF-8',
  TSV: 'text/tab-separated-values; charset=UTF-8',
  CSV: 'text/csv; charset=UTF-8; header=absent',
  CSVWithNames: 'text/csv; charset=UTF-8; header=present',
  RowBinary: 'application/octet-stream',
  RowBinaryWithNamesAndTypes: 'application/octet-stream',
  Native: 'application/octet-stream',
  Parquet: 'application/vnd.apache.parquet',
  ArrowStream: 'application/vnd.apache.arrow.stream',
};

export function contentTypeOf(format: string): string {
  return contentTypes[format] ?? 'text/plain; charset=UTF-8';
}

const binary = new Set(['RowBinary', 'Native']);

// chDB formats each block of a streamed answer on its own, so only formats without a beginning and an end can be joined.
const blockwise = new Set([
  ...['RowBinary', 'Native', 'JSONEachRow', 'JSONLines', 'NDJSON', 'JSONCompactEachRow', 'JSONStringsEachRow'],
  ...['JSONCompactStringsEachRow', 'TabSeparated', 'TSV', 'TabSeparatedRaw', 'TSVRaw', 'CSV', 'TSKV', 'LineAsString'],
]);

/**
 * Whether an answer goes out block by block. A query that asks while it is planned would hold up the lane, so it is
 * computed whole, in a thread of its own; except in the binary formats, whose answers may be too large for that.
 */
export function isBlockwise(format: string, statement: Statement): boolean {
  if (statement.verb !== 'SELECT' || !statement.plain || !blockwise.has(format)) return false;
  return binary.has(format) || !statement.asksWhilePlanning;
}
