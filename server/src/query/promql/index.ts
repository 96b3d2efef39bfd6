/**
 * PromQL questions to answers, as current Prometheus answers them. Asks for one function, `select`, and evaluates
 * column by column over what it returns. Refuses to know where samples are stored and how answers are spelled on a wire.
 */
import {
  type Expr,
  exprType,
  type PatternSupport,
  PromqlSyntaxError,
  parseExpr,
  parseSelector,
  withoutParens,
} from '@farol/promql';
import { type Clock, inspected } from '#kit';
import { type Limits, type Matcher, Refusal } from '#model';
import type { MetricReader } from '#store';
import { Annotations } from './annotations.ts';
import { type Answer, instantAnswer, type QueryValue, rangeAnswer, rawAnswer } from './answer.ts';
import type { Context } from './context.ts';
import { evaluate, evaluateRange } from './evaluate.ts';
import { cancelled } from './failures.ts';
import { type Evaluated, FinishedSteps } from './finished.ts';
import { GroupMemory } from './groupmemory.ts';
import { statisticsSelectors, withDetectedHints } from './hints.ts';
import { seesOwnPast } from './ownpast.ts';
import { Pace } from './pace.ts';
import { remembering } from './parsed.ts';
import { re2Patterns } from './patterns.ts';
import { fetchLate, prefetch } from './prefetch.ts';
import { resolveTimes } from './resolve.ts';
import { Sharing } from './sharing.ts';
import { type Grid, gridOf } from './values.ts';

export type { Answer, QueryStats, QueryValue } from './answer.ts';
export { AverageGroup, CountGroup, ExtremeGroup, type GroupKernel, SumGroup, VarianceGroup } from './kernels/groups.ts';
export { Pace } from './pace.ts';
export { compilePattern, re2Patterns } from './patterns.ts';

export interface PromqlDeps {
  readonly select: MetricReader['select'];
  /** Spares what is plain in memory an object for each series. */
  readonly glance?: MetricReader['glance'];
  /** Lets range questions that are asked again reuse their finished steps. */
  readonly writtenSince?: MetricReader['writtenSince'];
  readonly limits: Limits['query'];
  readonly clock: Clock;
  /** Accepts experimental functions and syntax. Default false. */
  readonly experimental?: boolean;
}

interface InstantQuestion {
  readonly tenant: string;
  readonly text: string;
  readonly timeMs: number;
  /** How old a series' last sample may be. Default 5 minutes. */
  readonly lookbackMs?: number;
  readonly signal: AbortSignal;
}

interface RangeQuestion {
  readonly tenant: string;
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly lookbackMs?: number;
  readonly signal: AbortSignal;
}

/**
 * Refuses with BAD_REQUEST (the text or the times are wrong), QUERY_FAILED (the answer is not defined), QUERY_TOO_LARGE,
 * QUERY_TIMEOUT and CANCELLED, and passes on what the store refuses.
 */
export interface Promql {
  instant(question: InstantQuestion): Promise<Answer>;
  range(question: RangeQuestion): Promise<Answer>;
  /** Reads a query as the engine does. The refusal's cause is the PromqlSyntaxError with the positions. */
  parse(text: string): Expr;
  /** Reads a `match[]` selector, which must not match everything. */
  parseSelector(text: string): Matcher[];
}

const lookbackMsDefault = 5 * 60_000;
const subqueryStepMs = 60_000;

export function createPromql(deps: PromqlDeps): Promql {
  const parse = remembering((text): Expr => reading(text, deps, parseExpr));
  const asking: Asking = { ...deps, parse, groups: new GroupMemory() };
  const sharing = new Sharing<Answer>();
  const { writtenSince, limits } = deps;
  const finished = writtenSince && new FinishedSteps({ writtenSince, bytesMax: limits.finishedBytesMax });
  return {
    instant: (question) => {
      const answer = (stop: AbortController) => answerInstant(asking, { ...question, stop });
      return inspected({ name: 'query.promql', text: question.text, cost }, () =>
        sharing.join(keyOfInstant(question), question.signal, answer),
      );
    },
    range: (question) => {
      const answer = (stop: AbortController) => answerRange({ ...asking, finished }, { ...question, stop });
      return inspected({ name: 'query.promql', text: question.text, cost }, () =>
        sharing.join(keyOfRange(question), question.signal, answer),
      );
    },
    parse,
    parseSelector: (text) => selectorOf(reading(text, deps, parseSelector), re2Patterns),
  };
}

const cost = ({ stats }: Answer) => stats;

/** Everything that decides the answer. */
function keyOfInstant({ tenant, text, timeMs, lookbackMs }: InstantQuestion): string {
  return JSON.stringify([tenant, text, timeMs, lookbackMs]);
}

function keyOfRange({ tenant, text, startMs, endMs, stepMs, lookbackMs }: RangeQuestion): string {
  return JSON.stringify([tenant, text, startMs, endMs, stepMs, lookbackMs]);
}

function reading<T>(
  text: string,
  { limits, experimental }: PromqlDeps,
  read: typeof parseExpr | typeof parseSelector,
): T {
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.textBytesMax) {
    const message = `query is ${bytes} bytes, limits.query.textBytesMax is ${limits.textBytesMax}; shorten it`;
    throw new Refusal(message, { code: 'BAD_REQUEST' });
  }
  try {
    return read(text, { experimental, depthMax: limits.depthMax, patterns: re2Patterns }) as T;
  } catch (cause) {
    if (!(cause instanceof PromqlSyntaxError)) throw cause;
    throw new Refusal(cause.message, { code: 'BAD_REQUEST', cause });
  }
}

function selectorOf(matchers: readonly Matcher[], patterns: PatternSupport): Matcher[] {
  const matchesEmpty = ({ kind, value }: Matcher): boolean => {
    if (kind === '=') return value === '';
    if (kind === '!=') return value !== '';
    return patterns.matchesEmpty(value) === (kind === '=~');
  };
  if (!matchers.every(matchesEmpty)) return [...matchers];
  throw new Refusal('match[] must contain at least one non-empty matcher', { code: 'BAD_REQUEST' });
}

interface Asking extends PromqlDeps {
  readonly parse: Promql['parse'];
  readonly groups: GroupMemory;
}

/** A question whose work is stopped by nobody but us. */
type Own<Question> = Omit<Question, 'signal'> & { readonly stop: AbortController };

async function answerInstant({ parse, ...deps }: Asking, question: Own<InstantQuestion>): Promise<Answer> {
  const { timeMs } = question;
  const beganMs = deps.clock.tickMs();
  const asked = parse(question.text);
  const grid = gridOf(timeMs, timeMs, 1);
  const { answer } = await run(deps, asked, { ...question, grid, stepMs: 0, beganMs }, async (expr, ctx) => {
    const range = withoutParens(expr);
    if (range.kind === 'matrix' || range.kind === 'subquery') {
      return rawAnswer(await evaluateRange(range, grid, ctx), timeMs);
    }
    return instantAnswer(await evaluate(expr, grid, ctx), timeMs);
  });
  return answer;
}

async function answerRange(
  { parse, finished, ...deps }: Asking & { readonly finished?: FinishedSteps },
  question: Own<RangeQuestion>,
): Promise<Answer> {
  const beganMs = deps.clock.tickMs();
  const whole = checkedGrid(question, deps.limits.pointsPerSeriesMax);
  const asked = parse(question.text);
  checkRangeType(asked);
  const answerSteps = (grid: Grid): Promise<Evaluated> =>
    run(deps, asked, { ...question, grid, beganMs }, async (expr, ctx) =>
      rangeAnswer(await evaluate(expr, grid, ctx), grid),
    );
  const { startMs, stepMs, endMs: _, stop: __, ...same } = question;
  const isWhole = Number.isSafeInteger(startMs) && Number.isSafeInteger(stepMs);
  if (finished === undefined || !isWhole || !seesOwnPast(asked)) return (await answerSteps(whole)).answer;
  const key = JSON.stringify([same.tenant, same.text, stepMs, startMs % stepMs, same.lookbackMs]);
  return finished.answer({ ...same, key, grid: whole }, answerSteps);
}

function checkRangeType(expr: Expr): void {
  const type = exprType(expr);
  if (type === 'vector' || type === 'scalar') return;
  const name = type === 'matrix' ? 'range vector' : type;
  const message = `invalid expression type "${name}" for range query, must be Scalar or instant Vector`;
  throw new Refusal(message, { code: 'BAD_REQUEST' });
}

function checkedGrid({ startMs, endMs, stepMs }: Own<RangeQuestion>, pointsMax: number): Grid {
  const bad = (message: string): Refusal => new Refusal(message, { code: 'BAD_REQUEST' });
  if (!(stepMs > 0)) {
    throw bad('zero or negative query resolution step widths are not accepted. Try a positive integer');
  }
  if (endMs < startMs) throw bad('end timestamp must not be before start time');
  const grid = gridOf(startMs, endMs, stepMs);
  // Prometheus counts the steps between the points, so one point more than it says is allowed.
  if (grid.steps - 1 > pointsMax) {
    const count = pointsMax.toLocaleString('en-US');
    const advice = 'Try decreasing the query resolution (?step=XX)';
    throw bad(`exceeded maximum resolution of ${count} points per timeseries. ${advice}`);
  }
  return grid;
}

interface Run {
  readonly tenant: string;
  readonly text: string;
  readonly grid: Grid;
  /** 0 for an instant query. */
  readonly stepMs: number;
  readonly lookbackMs?: number;
  /** On the clock's ticks: before the text was parsed. */
  readonly beganMs: number;
  readonly stop: AbortController;
}

type Evaluate = (expr: Expr, ctx: Context) => Promise<QueryValue>;

async function run(deps: Omit<Asking, 'parse'>, parsed: Expr, asked: Run, answer: Evaluate): Promise<Evaluated> {
  const { clock, limits, select, glance, groups } = deps;
  const { grid, beganMs, stop } = asked;
  const { signal } = stop;
  if (signal.aborted) throw cancelled();
  const expr = resolveTimes(parsed, { ...grid, stepMs: asked.stepMs });
  const parsedMs = clock.tickMs();
  const pace = new Pace({ clock, signal, stop, msMax: limits.msMax, samplesMax: limits.samplesMax });
  const endWatch = pace.watch();
  try {
    const times = {
      startMs: grid.startMs,
      endMs: grid.endMs,
      lookbackMs: asked.lookbackMs ?? lookbackMsDefault,
      subqueryStepMs,
    };
    const { samplesMax, seriesMax } = limits;
    const options = { select, glance, tenant: asked.tenant, signal, samplesMax, seriesMax };
    const fetched = await prefetch(expr, grid, times, options);
    pace.hold(fetched.samplesHeld);
    const selectedMs = clock.tickMs();
    const notes = new Annotations();
    const statistics = statisticsSelectors(expr);
    const plainOf: Context['plainOf'] = (selector) => {
      const answer = fetched.answers.get(selector);
      return answer !== undefined && 'count' in answer ? answer : undefined;
    };
    const columnsOf: Context['columnsOf'] = (selector) => {
      const answer = fetched.answers.get(selector) ?? [];
      const columns = 'count' in answer ? answer.columns() : answer;
      return statistics.has(selector) ? columns.map(withDetectedHints) : columns;
    };
    const fetch = fetchLate(fetched, times, options);
    const value = await answer(expr, { ...times, pace, notes, groups, plainOf, columnsOf, fetch });
    const endedMs = clock.tickMs();
    const stats = {
      samplesRead: fetched.samplesRead,
      samplesPeak: pace.samplesPeak,
      seriesRead: fetched.seriesRead,
      parseMs: parsedMs - beganMs,
      selectMs: selectedMs - parsedMs,
      evalMs: endedMs - selectedMs,
      totalMs: endedMs - beganMs,
      stepsReused: 0,
    };
    return { answer: { value, annotations: notes.list(asked.text), stats }, notes };
  } catch (error) {
    // An abort surfaces in many shapes; the pace knows which of its reasons it was.
    pace.check();
    throw error;
  } finally {
    endWatch();
  }
}
