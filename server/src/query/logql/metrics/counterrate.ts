import { Accumulator } from './accumulator.ts';
import type { Windows } from './windows.ts';

/** What is known of a run of counter samples: its ends, and what was lost in falls between them. */
interface Run {
  count: number;
  firstNs: number;
  first: number;
  lastNs: number;
  last: number;
  /** The values that the counter fell from: a fall is a restart. */
  lost: number;
}

/** `rate_counter`: Prometheus' extrapolated rate, over the window that the query asked for. */
export class CounterRate extends Accumulator {
  private readonly runs: Run[] = [];

  protected take(slot: number, isNew: boolean, value: number, relativeNs: number): number {
    const run = this.runs[slot];
    if (isNew || run === undefined) {
      this.runs[slot] = { count: 1, firstNs: relativeNs, first: value, lastNs: relativeNs, last: value, lost: 0 };
      return 6;
    }
    append(run, { count: 1, firstNs: relativeNs, first: value, lastNs: relativeNs, last: value, lost: 0 });
    return 0;
  }

  protected fold(first: number, end: number, windows: Windows, step: number): number {
    const [head, ...others] = this.runs.slice(first, end);
    if (head === undefined) return 0;
    const run = { ...head };
    for (const other of others) append(run, other);
    return extrapolatedRate(run, windows.endNs(step), windows.rangeNs);
  }
}

function append(run: Run, next: Run): void {
  if (next.first < run.last) run.lost += run.last;
  run.lost += next.lost;
  run.count += next.count;
  run.lastNs = next.lastNs;
  run.last = next.last;
}

function extrapolatedRate(run: Run, endNs: number, rangeNs: number): number {
  if (run.count < 2) return 0;
  const increase = run.last - run.first + run.lost;
  const sampled = (run.lastNs - run.firstNs) / 1e9;
  const between = sampled / (run.count - 1);
  const threshold = between * 1.1;
  let toStart = (run.firstNs - (endNs - rangeNs)) / 1e9;
  if (toStart >= threshold) toStart = between / 2;
  // A counter is not negative: it cannot have started before it was zero.
  if (increase > 0 && run.first >= 0) toStart = Math.min(toStart, sampled * (run.first / increase));
  let toEnd = (endNs - run.lastNs) / 1e9;
  if (toEnd >= threshold) toEnd = between / 2;
  return (increase * ((sampled + toStart + toEnd) / sampled)) / (rangeNs / 1e9);
}
