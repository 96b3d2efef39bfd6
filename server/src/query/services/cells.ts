/** Request metrics as counts per step, added up in the store: every signal is a sum over these. */
import type { Ask } from '../stored/index.ts';
import { cellsSql, spreadMaxOf } from './cells-sql.ts';
import type { ServicesQuestion } from './deps.ts';
import type { Dialect } from './dialects.ts';
import type { Steps } from './steps.ts';

/** Requests of one service, endpoint and outcome. Arrays hold `2 × count` steps: the range before, then the range. */
export interface Cell {
  readonly service: string;
  readonly method: string;
  readonly route: string;
  readonly status: string;
  readonly error: boolean;
  /** Requests per step; NaN where nothing was measured. */
  readonly counts: Float64Array;
  /** Cumulative requests per step, by the bucket's upper bound in milliseconds (+Infinity too); none for counters. */
  readonly buckets: Map<number, Float64Array>;
}

export interface CellQuestion extends ServicesQuestion {
  readonly dialect: Dialect;
  readonly steps: Steps;
  /** One service; all when absent. */
  readonly service?: string;
  /** Keep endpoints apart; the list of services does not need to. */
  readonly byEndpoint: boolean;
}

interface CellRow {
  readonly service: string;
  readonly method: string;
  readonly route: string;
  readonly status: string;
  readonly le: string;
  readonly per_place: readonly [places: readonly number[], rates: readonly number[], heard: readonly unknown[]];
}

export async function cellsOf(ask: Ask, question: CellQuestion, metric: string): Promise<Cell[]> {
  const rows = await ask<CellRow>(cellsSql(question, metric), { signal: question.signal });
  const cells = new Map<string, Cell>();
  for (const row of rows) addRow(cells, row, question);
  return [...cells.values()];
}

function addRow(cells: Map<string, Cell>, row: CellRow, { dialect, steps }: CellQuestion): void {
  const { service, method, route, status, le } = row;
  const key = JSON.stringify([service, method, route, status]);
  let cell = cells.get(key);
  if (cell === undefined) {
    const counts = emptySteps(steps);
    cell = { service, method, route, status, error: dialect.errorOf(status), counts, buckets: new Map() };
    cells.set(key, cell);
  }
  const bound = le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le) * dialect.msPerUnit;
  if (le === '' || bound === Number.POSITIVE_INFINITY) addCounts(cell.counts, row, steps);
  if (le === '' || Number.isNaN(bound)) return;
  const bucket = cell.buckets.get(bound) ?? emptySteps(steps);
  cell.buckets.set(bound, bucket);
  addCounts(bucket, row, steps);
}

const emptySteps = (steps: Steps): Float64Array => new Float64Array(2 * steps.count).fill(Number.NaN);

function addCounts(into: Float64Array, { per_place: [places, rates] }: CellRow, steps: Steps): void {
  const stepSeconds = steps.stepMs / 1000;
  const first = spreadMaxOf(steps);
  for (let i = 0; i < places.length; i++) {
    const step = (places[i] ?? 0) - first;
    if (step < 0 || step >= into.length) continue;
    const known = into[step] ?? Number.NaN;
    into[step] = (Number.isNaN(known) ? 0 : known) + (rates[i] ?? 0) * stepSeconds;
  }
}
