import { childrenOf, type Expr, type SubqueryExpr, type VectorSelector } from '@farol/promql';
import type { Matcher, SeriesColumns } from '#model';
import type { MetricReader } from '#store';
import type { Context } from './context.ts';
import { subqueryGrid } from './evaluate.ts';
import { unsupported } from './failures.ts';
import { type Reference, referenceOf } from './timing.ts';
import type { Grid } from './values.ts';

/** The samples a selector needs: both ends included, in milliseconds. */
interface Need {
  readonly matchers: readonly Matcher[];
  startMs: number;
  endMs: number;
  readonly selectors: VectorSelector[];
}

export interface FetchOptions {
  readonly select: MetricReader['select'];
  readonly tenant: string;
  readonly signal: AbortSignal;
  readonly samplesMax: number;
  readonly seriesMax: number;
}

export interface Fetched {
  readonly columns: ReadonlyMap<VectorSelector, readonly SeriesColumns[]>;
  readonly seriesRead: number;
  readonly samplesRead: number;
}

type Times = Pick<Context, 'startMs' | 'endMs' | 'lookbackMs' | 'subqueryStepMs'>;

/** Reads what the whole expression will look at, each set of matchers once where their times lie close together. */
export async function prefetch(expr: Expr, grid: Grid, times: Times, options: FetchOptions): Promise<Fetched> {
  const needs = new Map<string, Need[]>();
  collect(expr, grid, times, (selector, startMs, endMs) => addNeed(needs, selector, startMs, endMs));
  const columns = new Map<VectorSelector, readonly SeriesColumns[]>();
  let seriesRead = 0;
  let samplesRead = 0;
  const { select, ...limits } = options;
  const fetched = [...needs.values()].flat().map(async ({ matchers, startMs, endMs, selectors }) => {
    const answer = await select({ ...limits, matchers, startMs, endMs });
    for (const selector of selectors) columns.set(selector, answer);
    seriesRead += answer.length;
    for (const { values, histograms } of answer) samplesRead += values.length + (histograms?.length ?? 0);
  });
  await Promise.all(fetched);
  return { columns, seriesRead, samplesRead };
}

type Visit = (selector: VectorSelector, startMs: number, endMs: number) => void;

/** Finds every selector and the times it looks at, through offsets, `@`, ranges and subqueries. */
function collect(expr: Expr, grid: Grid, times: Times, visit: Visit): void {
  if (grid.steps === 0) return;
  switch (expr.kind) {
    case 'vector':
      visitSelector(expr, times.lookbackMs, grid, times, visit);
      return;
    case 'matrix':
      visitSelector(expr.selector, expr.rangeMs, grid, times, visit);
      return;
    case 'subquery':
      collect(expr.expr, innerGrid(expr, grid, times), times, visit);
      return;
    default:
      for (const child of childrenOf(expr)) collect(child, grid, times, visit);
  }
}

function innerGrid(expr: SubqueryExpr, grid: Grid, times: Times): Grid {
  return subqueryGrid(expr, grid, times);
}

function visitSelector(expr: VectorSelector, reachMs: number, grid: Grid, times: Times, visit: Visit): void {
  if (expr.extended !== undefined) throw unsupported(`the ${expr.extended} modifier`);
  const [firstMs, lastMs] = endsOf(referenceOf(expr, times), grid);
  // Windows are open to the left, so the sample exactly `reachMs` before is not needed.
  visit(expr, firstMs - reachMs + 1, lastMs);
}

function endsOf(reference: Reference, grid: Grid): [firstMs: number, lastMs: number] {
  if (reference.kind === 'fixed') return [reference.timeMs, reference.timeMs];
  const lastMs = grid.startMs + (grid.steps - 1) * grid.stepMs;
  return [grid.startMs - reference.offsetMs, lastMs - reference.offsetMs];
}

/** Joins a need to another of the same matchers, unless that would read much that neither asked for. */
function addNeed(needs: Map<string, Need[]>, selector: VectorSelector, startMs: number, endMs: number): void {
  const key = JSON.stringify(selector.matchers.map(({ name, kind, value }) => [name, kind, value]).sort());
  const same = needs.get(key) ?? [];
  needs.set(key, same);
  for (const need of same) {
    const start = Math.min(need.startMs, startMs);
    const end = Math.max(need.endMs, endMs);
    const apartMs = need.endMs - need.startMs + (endMs - startMs);
    if (end - start > 1.25 * apartMs) continue;
    need.startMs = start;
    need.endMs = end;
    need.selectors.push(selector);
    return;
  }
  same.push({ matchers: selector.matchers, startMs, endMs, selectors: [selector] });
}
