import type { SampleCells } from '#model';
import type { Grid, GridSeries, RangeValue, RawSeries } from '../values.ts';

/** What a kernel may know besides the samples. One frame serves every series of a call. */
export interface Frame {
  readonly steps: number;
  readonly rangeMs: number;
  /** When each step's window ends; it begins `rangeMs` earlier, that time excluded. */
  readonly endsMs: Float64Array;
  /** The evaluation time of each step, whatever the window's offset. */
  readonly timesMs: Float64Array;
  /** The scalar arguments of the call, one value per step each. */
  readonly scalars: readonly Float64Array[];
  /** First sample inside and first sample after each step's window, for the series at hand. */
  readonly from: Int32Array;
  readonly to: Int32Array;
}

export function frameOf(range: RangeValue, grid: Grid, scalars: readonly Float64Array[]): Frame {
  const { steps } = grid;
  const timesMs = new Float64Array(steps);
  const endsMs = new Float64Array(steps);
  for (let i = 0; i < steps; i++) {
    timesMs[i] = grid.startMs + i * grid.stepMs;
    endsMs[i] = range.fixedEndMs ?? grid.startMs + i * grid.stepMs - range.offsetMs;
  }
  const [from, to] = [new Int32Array(steps), new Int32Array(steps)];
  return { steps, rangeMs: range.rangeMs, endsMs, timesMs, scalars, from, to };
}

/** Points `from` and `to` at each step's samples. */
export function slide(timesMs: Float64Array, frame: Frame, from: Int32Array, to: Int32Array): void {
  slideOver({ timesMs, from: 0, to: timesMs.length }, frame, from, to);
}

/** The same among a part of the cells. Hot: bench/promql-kernels.ts. */
export function slideOver(
  { timesMs, from: start, to: count }: Pick<SampleCells, 'timesMs' | 'from' | 'to'>,
  { endsMs, rangeMs, steps }: Frame,
  from: Int32Array,
  to: Int32Array,
): void {
  let first = start;
  let next = start;
  // Of a single window there is often nothing to look for.
  if (count > start && (timesMs[count - 1] ?? 0) <= (endsMs[0] ?? 0)) next = count;
  for (let i = 0; i < steps; i++) {
    const endMs = endsMs[i] ?? 0;
    const startMs = endMs - rangeMs;
    while (next < count && (timesMs[next] ?? 0) <= endMs) next++;
    while (first < next && (timesMs[first] ?? 0) <= startMs) first++;
    from[i] = first;
    to[i] = next;
  }
}

/** Fills a series' steps from the float samples in each step's window. */
export type FloatKernel = (series: RawSeries, frame: Frame, out: GridSeries) => void;

/** One window's answer; `from` and `to` bound the samples, at least as many as the kernel asked for. */
export type WindowFunction = (
  times: Float64Array,
  values: Float64Array,
  from: number,
  to: number,
  step: number,
  frame: Frame,
) => number;

/** A kernel that asks `answer` for each window that has `samplesMin` samples. */
export function eachWindow(samplesMin: number, answer: WindowFunction): FloatKernel {
  return ({ timesMs, values }, frame, out) => {
    for (let i = 0; i < frame.steps; i++) {
      const from = frame.from[i] ?? 0;
      const to = frame.to[i] ?? 0;
      if (to - from < samplesMin) continue;
      out.values[i] = answer(timesMs, values, from, to, i, frame);
      out.present[i] = 1;
    }
  };
}
