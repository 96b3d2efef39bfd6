import type { Clock } from '#kit';
import type { Limits } from '#model';
import type { Pace } from '#query/promql';
import type { CountEntries, ReadEntries } from './contract.ts';
import type { StepGrid } from './metrics/series.ts';

/** What one query works with. */
export interface QueryContext {
  readonly tenant: string;
  readonly entries: ReadEntries;
  readonly count?: CountEntries;
  readonly limits: Limits['query'];
  readonly clock: Clock;
  readonly pace: Pace;
  readonly tally: Tally;
}

export interface MetricContext extends QueryContext {
  readonly grid: StepGrid;
}

/** Counts what the query read. */
export interface Tally {
  linesRead: number;
  bytesRead: number;
  linesKept: number;
}

/** Lines between two looks at the clock. */
export const linesPerLook = 256;
