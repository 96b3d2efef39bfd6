/** What the translators of the kinds of metrics share: where they write, and how they refuse a point. */
import type { ExemplarRow, HistogramRow, Limits } from '#model';
import type { SampleBuffer } from '../columns.ts';
import { type Life, zeroStart } from '../starts.ts';
import type { Tally } from '../tally.ts';
import type { Window } from '../window.ts';
import type { WirePoint } from '../wire.ts';
import type { DeltaMemory } from './delta.ts';
import type { SeriesMemory } from './series.ts';

/** One request being translated: what the translators of the kinds write to. */
export interface Out {
  readonly tenant: string;
  readonly window: Window;
  readonly limits: Limits['receive'];
  readonly series: SeriesMemory;
  readonly deltas: DeltaMemory;
  readonly samples: SampleBuffer;
  readonly histograms: HistogramRow[];
  readonly exemplars: ExemplarRow[];
  /** Those that have begun with this request. */
  readonly begun: Life[];
}

/** Where the series' zeros belong, if they do. */
export function beginningOf(point: WirePoint, series: Life, { begun, window }: Out): number | undefined {
  const startMs = zeroStart(point, series, window.oldestMs);
  if (startMs !== undefined) begun.push(series);
  return startMs;
}

export function refuse(tally: Tally, reason: string, example: string): false {
  tally.reject(reason, 1, () => example);
  return false;
}

/** `FLAGS_NO_RECORDED_VALUE`: the series is gone, and says so. */
export function isNoRecordedValue(point: WirePoint): boolean {
  return (point.flags & 1) === 1;
}
