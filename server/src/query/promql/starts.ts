import type { VectorSelector } from '@farol/promql';
import type { SeriesColumns } from '#model';
import type { Context } from './context.ts';
import { firstWhere } from './edges.ts';
import { selectTimes } from './select.ts';
import { ABSENT, type Grid, type GridSeries, HISTOGRAM } from './values.ts';

/** What start timestamps say about two neighbouring samples. 0 is a start that nobody told. */
interface Started {
  readonly timeMs: number;
  readonly startMs: number;
}

/**
 * Whether the count began anew between two samples. A start at the earlier sample's own time is how deltas come, and how
 * OpenTelemetry writes an unknown start; only the earlier sample's start can tell which.
 */
export function hasRestarted(before: Started, now: Started): boolean {
  const isKnown = now.startMs !== 0 && now.startMs < now.timeMs;
  if (!isKnown || now.startMs < before.timeMs) return false;
  if (now.startMs > before.timeMs) return true;
  return before.startMs !== 0 && before.startMs < before.timeMs;
}

/** Whether a sample claims a time that the one before it had already counted, under another start. */
export function overlaps(before: Started, now: Started): boolean {
  return now.startMs !== 0 && now.startMs < before.timeMs && now.startMs !== before.startMs;
}

/** Whether the window has the sample's beginning in it, so that there is no need to guess what came before. */
export function beginsInside({ timeMs, startMs }: Started, windowStartMs: number): boolean {
  return startMs !== 0 && startMs > windowStartMs && startMs < timeMs;
}

/** As selectTimes, with the start of the sample's count, in seconds, for its value; 0 where nobody said. */
export async function selectStarts(expr: VectorSelector, grid: Grid, ctx: Context): Promise<GridSeries[]> {
  const columns = new Map(ctx.columnsOf(expr).map((column) => [column.labels, column]));
  return (await selectTimes(expr, grid, ctx)).map((series) => {
    const column = columns.get(series.labels);
    const values = series.values.map((seconds, step) => {
      const kind = series.present[step] ?? ABSENT;
      return kind === ABSENT ? 0 : startOf(column, kind, Math.round(seconds * 1000)) / 1000;
    });
    return { ...series, values };
  });
}

function startOf(column: SeriesColumns | undefined, kind: number, timeMs: number): number {
  if (kind === HISTOGRAM) return column?.histograms?.find((sample) => sample.timeMs === timeMs)?.startMs ?? 0;
  if (column?.startsMs === undefined) return 0;
  const { timesMs, startsMs } = column;
  return startsMs[firstWhere(timesMs, 0, timesMs.length, (each) => each >= timeMs)] ?? 0;
}
