/**
 * Newest lines first, without sorting a whole day: windows that widen backwards in time tell, from the time column
 * alone, how far back the page reaches; then only that stretch is read with its bodies.
 */
import type { LogsAnswer } from '@farol/contract';
import { int, type Sql, sql, texts, uint64 } from '#store';
import { type Ask, all, momentNs, nsOfMs, timeWithinNs } from '../stored/index.ts';
import { type Cursor, parseCursor, printCursor } from './cursor.ts';
import { conditionsOf, isIndexed, type LogQuestion } from './question.ts';
import { type LogLine, lineColumns, lineHash, logFrom } from './row.ts';

export interface LogPage extends LogQuestion {
  readonly limit: number;
  readonly cursor?: string;
  readonly signal: AbortSignal;
}

/** Lines of `limit` at most, newest first; `cursor` is present when there are older ones. */
export async function searchLogs(ask: Ask, page: LogPage): Promise<LogsAnswer> {
  const after = page.cursor === undefined ? undefined : parseCursor(page.cursor);
  const timesNs = await timesOf(ask, page, after);
  if (timesNs.length === 0) return { logs: [] };
  const lines = await ask<LogLine>(linesSql(page, timesNs, after), { signal: page.signal });
  return pageFrom(lines, page.limit, after);
}

const windowFirstNs = 15n * 60n * 1_000_000_000n;
const windowGrowth = 8n;
const indexedWindowGrowth = 64n;

/** The times of the lines that this page needs, newest first: one for each line, so with repeats. */
async function timesOf(ask: Ask, page: LogPage, after: Cursor | undefined): Promise<string[]> {
  const startNs = nsOfMs(page.startMs);
  const times: string[] = [];
  let toNs = newestOf(page, after);
  const growth = isIndexed(page) ? indexedWindowGrowth : windowGrowth;
  for (let lengthNs = windowFirstNs; toNs >= startNs && times.length < needed(page, after); lengthNs *= growth) {
    const fromNs = later(startNs, toNs - lengthNs);
    const window = { fromNs, toNs, lines: needed(page, after) - times.length };
    const found = await ask<{ time_ns: string }>(timesSql(page, window, after), { signal: page.signal });
    for (const { time_ns } of found) times.push(time_ns);
    toNs = fromNs - 1n;
  }
  return times;
}

const later = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** One line more than the page shows, to know whether there are older ones; and those already given at the cursor. */
const needed = (page: LogPage, after: Cursor | undefined): number => page.limit + 1 + (after?.given ?? 0);

function newestOf(page: LogPage, after: Cursor | undefined): bigint {
  const endNs = nsOfMs(page.endMs) - 1n;
  return after !== undefined && after.timeNs < endNs ? after.timeNs : endNs;
}

export function timesSql(
  page: LogPage,
  window: { fromNs: bigint; toNs: bigint; lines: number },
  after: Cursor | undefined,
): Sql {
  const conditions = [...conditionsOf(page), timeWithinNs(window.fromNs, window.toNs), ...notGiven(after)];
  return sql`SELECT toUnixTimestamp64Nano(time) AS time_ns
FROM logs
WHERE ${all(conditions)}
ORDER BY time DESC
LIMIT ${int(window.lines)}`;
}

/** The bodies are read only where the times say that there is a line of this page. */
export function linesSql(page: LogPage, timesNs: readonly string[], after: Cursor | undefined): Sql {
  const range = timeWithinNs(BigInt(timesNs.at(-1) ?? 0), BigInt(timesNs[0] ?? 0));
  const moments = sql`time IN (SELECT fromUnixTimestamp64Nano(toInt64(arrayJoin(${texts([...new Set(timesNs)])}))))`;
  return sql`SELECT ${lineColumns}
FROM logs
PREWHERE ${all([range, moments])}
WHERE ${all([...conditionsOf(page), ...notGiven(after)])}
ORDER BY time DESC, hash DESC
LIMIT ${int(needed(page, after))}`;
}

function notGiven(after: Cursor | undefined): Sql[] {
  if (after === undefined) return [];
  return [sql`(time < ${momentNs(after.timeNs)} OR ${lineHash} <= ${uint64(after.hash)})`];
}

function pageFrom(lines: readonly LogLine[], limit: number, after: Cursor | undefined): LogsAnswer {
  const logs: LogsAnswer['logs'][number][] = [];
  let last: Cursor | undefined;
  let skip = after?.given ?? 0;
  let more = false;
  for (const line of lines) {
    const here = { timeNs: BigInt(line.time_ns), hash: BigInt(line.hash) };
    const isTwin = (other: Cursor | undefined) => other?.timeNs === here.timeNs && other.hash === here.hash;
    if (skip > 0 && isTwin(after)) {
      skip--;
      continue;
    }
    if (logs.length === limit) {
      more = true;
      break;
    }
    const before: Cursor | undefined = isTwin(last) ? last : isTwin(after) ? after : undefined;
    last = { ...here, given: (before?.given ?? 0) + 1 };
    logs.push(logFrom(line, last.given - 1));
  }
  return more && last ? { logs, cursor: printCursor(last) } : { logs };
}
