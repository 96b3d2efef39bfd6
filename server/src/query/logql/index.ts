/**
 * LogQL questions to answers, as Loki answers them. Asks for functions that read (or count) log entries, and takes the
 * lines through the query's pipeline batch by batch. Refuses to know where lines are kept and how answers are spelled.
 */
import { type Expr, type LogExpr, LogqlSyntaxError, type MetricExpr, parseExpr, parseSelector } from '@farol/logql';
import { type Clock, inspected } from '#kit';
import { type Limits, type Matcher, Refusal } from '#model';
import { Pace, re2Patterns } from '#query/promql';
import type { LogEntry, LogqlAnswer, LogqlValue } from './answer.ts';
import type { MetricContext, QueryContext, Tally } from './context.ts';
import type { CountEntries, EntryBatch, LineFilter, ReadEntries } from './contract.ts';
import { answerLogs, LogPipeline } from './logs.ts';
import { answerInstant, answerRange } from './metrics/index.ts';
import { storedLineFilters } from './pushdown.ts';
import type { InstantQuestion, LogqlQuestion, RangeQuestion } from './question.ts';

export type { LogEntry, LogqlAnswer, LogqlStats, LogqlValue } from './answer.ts';
export type {
  CountEntries,
  CountedGroup,
  CountQuestion,
  EntryBatch,
  EntryQuestion,
  InLine,
  LineFilter,
  ReadEntries,
  StoredLabelFilter,
} from './contract.ts';
export { groupEntries } from './logs.ts';
export type { LogqlQuestion, RangeQuestion } from './question.ts';

export interface LogqlDeps {
  readonly entries: ReadEntries;
  /** Counts inside the store where it can; without it every line is read. */
  readonly count?: CountEntries;
  readonly limits: Limits['query'];
  readonly clock: Clock;
}

/** A log query without a time: what to read, and what to do with each batch of it. For tails and samples. */
export interface LogFilter {
  readonly matchers: readonly Matcher[];
  /** What every wanted line passes as it was stored. */
  readonly lineFilters: readonly LineFilter[];
  /** The batch's entries that pass, as the query shows them. All batches must come from one reader. */
  run(batch: EntryBatch): LogEntry[];
}

/**
 * Refuses with BAD_REQUEST (the text or the times are wrong, a pipeline error is not filtered, too many series),
 * QUERY_FAILED, QUERY_TOO_LARGE, QUERY_TIMEOUT and CANCELLED, and passes on what the readers refuse.
 */
export interface Logql {
  /** Reads a query as the engine does. The refusal's cause is the LogqlSyntaxError with the position. */
  parse(text: string): Expr;
  /** Reads a `match[]` selector. */
  parseSelector(text: string): Matcher[];
  query(question: LogqlQuestion): Promise<LogqlAnswer>;
  /** Refuses metric queries. */
  filter(text: string): LogFilter;
}

const limitDefault = 100;

export function createLogql(deps: LogqlDeps): Logql {
  const parse = (text: string): Expr => reading(text, deps, parseExpr);
  return {
    parse,
    parseSelector: (text) => [...reading(text, deps, parseSelector)],
    query: (question) =>
      inspected({ name: 'query.logql', text: question.text, cost }, async () =>
        answer(deps, parse(question.text), question),
      ),
    filter: (text) => filterOf(deps, parse(text)),
  };
}

const cost = ({ stats }: LogqlAnswer) => stats;

function reading<T>(text: string, { limits }: LogqlDeps, read: (text: string, options: object) => T): T {
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.textBytesMax) {
    const message = `query is ${bytes} bytes, limits.query.textBytesMax is ${limits.textBytesMax}; shorten it`;
    throw new Refusal(message, { code: 'BAD_REQUEST' });
  }
  try {
    return read(text, { depthMax: limits.depthMax, patterns: re2Patterns });
  } catch (cause) {
    if (!(cause instanceof LogqlSyntaxError)) throw cause;
    throw new Refusal(cause.message, { code: 'BAD_REQUEST', cause });
  }
}

function filterOf(deps: LogqlDeps, expr: Expr): LogFilter {
  if (expr.kind !== 'log') throw new Refusal('only log selector is supported', { code: 'BAD_REQUEST' });
  const pipeline = new LogPipeline(expr, deps);
  return {
    matchers: expr.matchers,
    lineFilters: storedLineFilters(expr),
    run(batch) {
      const kept: LogEntry[] = [];
      for (let i = 0; i < batch.count; i++) {
        const entry = pipeline.run(batch, i);
        if (entry !== undefined) kept.push(entry);
      }
      return kept;
    },
  };
}

async function answer(deps: LogqlDeps, expr: Expr, question: LogqlQuestion): Promise<LogqlAnswer> {
  const { clock, limits, entries, count } = deps;
  const { signal, tenant } = question;
  const beganMs = clock.tickMs();
  const pace = new Pace({ clock, signal, msMax: limits.msMax, samplesMax: limits.samplesMax });
  const tally: Tally = { linesRead: 0, bytesRead: 0, linesKept: 0 };
  const endWatch = pace.watch();
  try {
    pace.check();
    const ctx = { tenant, entries, count, limits, clock, pace, tally };
    const value = expr.kind === 'log' ? await answerLog(expr, question, ctx) : await answerMetric(expr, question, ctx);
    return { value, stats: { ...tally, totalMs: clock.tickMs() - beganMs } };
  } catch (error) {
    // An abort surfaces in many shapes; the pace knows which of its reasons it was.
    pace.check();
    throw error;
  } finally {
    endWatch();
  }
}

async function answerLog(expr: LogExpr, question: LogqlQuestion, ctx: QueryContext): Promise<LogqlValue> {
  if (question.kind === 'instant') {
    const advice = 'please change your query to a range query type';
    throw new Refusal(`log queries are not supported as an instant query type, ${advice}`, { code: 'BAD_REQUEST' });
  }
  const { startNs, endNs, direction = 'backward', limit = limitDefault, intervalMs = 0 } = question;
  if (limit > ctx.limits.logRowsMax) {
    const message = `max entries limit per query exceeded, limit > max_entries_limit_per_query (${limit} > ${ctx.limits.logRowsMax})`;
    throw new Refusal(`${message}; lower the limit or raise limits.query.logRowsMax`, { code: 'BAD_REQUEST' });
  }
  const window = { startNs, endNs, direction, limit, intervalNs: nanosOf(intervalMs) };
  return { kind: 'streams', entries: await answerLogs(expr, window, ctx) };
}

function answerMetric(expr: MetricExpr, question: LogqlQuestion, ctx: QueryContext): Promise<LogqlValue> {
  if (question.kind === 'instant') return answerInstant(expr, instantContext(question, ctx));
  return answerRange(expr, rangeContext(question, ctx));
}

function instantContext({ timeNs }: InstantQuestion, ctx: QueryContext): MetricContext {
  return { ...ctx, grid: { startNs: timeNs, stepNs: 1n, steps: 1, isInstant: true } };
}

function rangeContext({ startNs, endNs, stepMs }: RangeQuestion, ctx: QueryContext): MetricContext {
  const bad = (message: string): Refusal => new Refusal(message, { code: 'BAD_REQUEST' });
  if (!(stepMs > 0)) {
    throw bad('zero or negative query resolution step widths are not accepted. Try a positive integer');
  }
  if (endNs < startNs) throw bad('end timestamp must not be before or equal to start time');
  const stepNs = nanosOf(stepMs);
  const steps = Number((endNs - startNs) / stepNs) + 1;
  if (steps - 1 > ctx.limits.pointsPerSeriesMax) {
    const points = ctx.limits.pointsPerSeriesMax.toLocaleString('en-US');
    const advice = 'Try increasing the value of the step parameter';
    throw bad(`exceeded maximum resolution of ${points} points per time series. ${advice}`);
  }
  return { ...ctx, grid: { startNs, stepNs, steps, isInstant: false } };
}

const nanosOf = (ms: number): bigint => BigInt(Math.round(ms * 1e6));
