import { childrenOf, type Expr, type SubqueryExpr, type VectorSelector } from '@farol/promql';
import { cellsOf, type Matcher, type SeriesColumns } from '#model';
import type { MetricQuestion, MetricReader, PlainSeries } from '#store';
import type { Context } from './context.ts';
import { subqueryGrid } from './evaluate.ts';
import { type Reference, referenceOf } from './timing.ts';
import type { Grid } from './values.ts';

/** The samples a selector needs: both ends included, in milliseconds. */
interface Span {
  readonly startMs: number;
  readonly endMs: number;
  readonly windows?: MetricQuestion['windows'];
}

interface Need extends Span {
  readonly matchers: readonly Matcher[];
  readonly selectors: readonly VectorSelector[];
}

export interface FetchOptions {
  readonly select: MetricReader['select'];
  readonly glance?: MetricReader['glance'];
  readonly tenant: string;
  readonly signal: AbortSignal;
  readonly samplesMax: number;
  readonly seriesMax: number;
}

export interface Fetched {
  readonly answers: ReadonlyMap<VectorSelector, PlainSeries | readonly SeriesColumns[]>;
  /** These grow with what is fetched late. */
  seriesRead: number;
  samplesRead: number;
  /** Of the samples read, those that are in memory all at once; the others are unpacked series by series. */
  samplesHeld: number;
}

type Times = Pick<Context, 'startMs' | 'endMs' | 'lookbackMs' | 'subqueryStepMs'>;

/** Reads what the whole expression will look at, each set of matchers once where their times lie close together. */
export async function prefetch(expr: Expr, grid: Grid, times: Times, options: FetchOptions): Promise<Fetched> {
  const needs = new Map<string, Need[]>();
  collect(expr, grid, times, (selector, span) => addNeed(needs, selector, span));
  const answers = new Map<VectorSelector, PlainSeries | readonly SeriesColumns[]>();
  let seriesRead = 0;
  let samplesRead = 0;
  let samplesHeld = 0;
  const { select, glance, ...limits } = options;
  const read = async ({ selectors, ...need }: Need): Promise<void> => {
    const question = { ...limits, ...need };
    const plain = glance?.(question);
    const answer = plain ?? (await select(question));
    for (const selector of selectors) answers.set(selector, answer);
    const { series, samples, held } = countSamples(answer);
    seriesRead += series;
    samplesRead += samples;
    samplesHeld += held;
  };
  await Promise.all([...needs.values()].flat().map(read));
  return { answers, seriesRead, samplesRead, samplesHeld };
}

/** For what depends on answers, and so could not be fetched before. */
export function fetchLate(
  fetched: Fetched,
  times: Times,
  { select, glance: _, ...limits }: FetchOptions,
): Context['fetch'] {
  return async (expr, grid) => {
    const span = instantSpanOf(expr, grid, times);
    const answer = await select({ ...limits, matchers: expr.matchers, ...span });
    fetched.seriesRead += answer.length;
    fetched.samplesRead += samplesIn(answer);
    return answer;
  };
}

export const samplesIn = (columns: readonly SeriesColumns[]): number => countSamples(columns).samples;

/** Hot: makes nothing per series. */
function countSamples(answer: PlainSeries | readonly SeriesColumns[]) {
  if ('count' in answer) return { series: answer.count, samples: answer.samples, held: answer.samples };
  let samples = 0;
  let held = 0;
  for (const column of answer) {
    const histograms = column.histograms?.length ?? 0;
    if (column.sampleCount !== undefined) samples += column.sampleCount + histograms;
    else {
      const { from, to } = cellsOf(column);
      samples += to - from + histograms;
      held += to - from + histograms;
    }
  }
  return { series: answer.length, samples, held };
}

type Visit = (selector: VectorSelector, span: Span) => void;

/** Finds every selector and the times it looks at, through offsets, `@`, ranges and subqueries. */
function collect(expr: Expr, grid: Grid, times: Times, visit: Visit): void {
  if (grid.steps === 0) return;
  switch (expr.kind) {
    case 'vector':
      visit(expr, instantSpanOf(expr, grid, times));
      return;
    case 'matrix': {
      const reachMs = expr.rangeMs + (expr.selector.extended === undefined ? 0 : times.lookbackMs);
      visit(expr.selector, spanOf(expr.selector, reachMs, grid, times));
      return;
    }
    case 'subquery':
      collect(expr.expr, innerGrid(expr, grid, times), times, visit);
      return;
    case 'call': {
      // What `info` joins depends on its first argument's series, so it asks when it has them.
      const args = expr.func.name === 'info' ? expr.args.slice(0, 1) : expr.args;
      for (const arg of args) collect(arg, grid, times, visit);
      return;
    }
    default:
      for (const child of childrenOf(expr)) collect(child, grid, times, visit);
  }
}

function innerGrid(expr: SubqueryExpr, grid: Grid, times: Times): Grid {
  return subqueryGrid(expr, grid, times);
}

/** Of an instant selector: of each window it needs the last sample only. */
function instantSpanOf(expr: VectorSelector, grid: Grid, times: Times): Span {
  const span = spanOf(expr, times.lookbackMs, grid, times);
  const isMoving = expr.extended === undefined && referenceOf(expr, times).kind === 'moving' && grid.steps > 1;
  const windows = { lastMs: span.endMs, everyMs: grid.stepMs, reachMs: times.lookbackMs };
  const isWhole = Object.values(windows).every(Number.isSafeInteger);
  return isMoving && isWhole ? { ...span, windows: { ...windows, lastOnly: true } } : span;
}

/** When the samples lie that a selector needs. Windows are open to the left: the sample `reachMs` before is not needed. */
function spanOf(expr: VectorSelector, reachMs: number, grid: Grid, times: Times): Span {
  const reference = referenceOf(expr, times);
  const [firstMs, lastMs] = endsOf(reference, grid);
  if (expr.extended !== undefined) {
    const afterMs = expr.extended === 'smoothed' ? times.lookbackMs : 0;
    return { startMs: firstMs - reachMs + 1, endMs: lastMs + afterMs };
  }
  const span = { startMs: firstMs - reachMs + 1, endMs: lastMs };
  const hasGaps = reference.kind === 'moving' && grid.steps > 1 && grid.stepMs > reachMs;
  const isWhole = [lastMs, grid.stepMs, reachMs].every(Number.isSafeInteger);
  return hasGaps && isWhole ? { ...span, windows: { lastMs, everyMs: grid.stepMs, reachMs } } : span;
}

function endsOf(reference: Reference, grid: Grid): [firstMs: number, lastMs: number] {
  if (reference.kind === 'fixed') return [reference.timeMs, reference.timeMs];
  const lastMs = grid.startMs + (grid.steps - 1) * grid.stepMs;
  return [grid.startMs - reference.offsetMs, lastMs - reference.offsetMs];
}

/** Joins a need to another of the same matchers, unless that would read much that neither asked for. */
function addNeed(needs: Map<string, Need[]>, selector: VectorSelector, span: Span): void {
  const key = JSON.stringify(selector.matchers.map(({ name, kind, value }) => [name, kind, value]).sort());
  const same = needs.get(key) ?? [];
  needs.set(key, same);
  for (const [index, need] of same.entries()) {
    const startMs = Math.min(need.startMs, span.startMs);
    const endMs = Math.max(need.endMs, span.endMs);
    const apartMs = need.endMs - need.startMs + (span.endMs - span.startMs);
    if (endMs - startMs > 1.25 * apartMs) continue;
    const selectors = [...need.selectors, selector];
    same[index] = { matchers: need.matchers, startMs, endMs, windows: bothWindows(need, span), selectors };
    return;
  }
  same.push({ matchers: selector.matchers, ...span, selectors: [selector] });
}

/** Windows that hold the samples of both, where that is simple to say. */
function bothWindows({ windows: a }: Span, { windows: b }: Span): Span['windows'] {
  if (a === undefined || b === undefined || a.lastMs !== b.lastMs || a.everyMs !== b.everyMs) return undefined;
  const { lastOnly: _, ...wider } = a.reachMs > b.reachMs ? a : b;
  return a.lastOnly && b.lastOnly ? { ...wider, lastOnly: true } : wider;
}
