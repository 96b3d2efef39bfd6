import type { VectorSelector } from '@farol/promql';
import type { SeriesColumns } from '#model';
import type { PlainSeries } from '#store';
import type { Annotations } from './annotations.ts';
import type { GroupMemory } from './groupmemory.ts';
import type { Pace } from './pace.ts';
import type { Grid } from './values.ts';

/** What every part of one query's evaluation shares. */
export interface Context {
  /** The query's own times, which `@ start()` and `@ end()` mean, in subqueries too. */
  readonly startMs: number;
  readonly endMs: number;
  readonly lookbackMs: number;
  /** The step of a subquery that names none. */
  readonly subqueryStepMs: number;
  readonly pace: Pace;
  readonly notes: Annotations;
  readonly groups: GroupMemory;
  /** Answers from what was fetched before evaluation began; the columns may reach beyond what the selector needs. */
  columnsOf(selector: VectorSelector): readonly SeriesColumns[];
  /** The same for who looks at one series after another, where it lies plain in memory. */
  plainOf(selector: VectorSelector): PlainSeries | undefined;
  /** Asks for what could not be known before evaluation began. */
  fetch(selector: VectorSelector, grid: Grid): Promise<readonly SeriesColumns[]>;
}
