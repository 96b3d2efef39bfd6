/** Arithmetic on the lines of a chart: summaries, gaps, bursts. Pure. */
export type Values = readonly (number | null)[];

export interface Summary {
  readonly last: number | null;
  readonly max: number | null;
  readonly mean: number | null;
}

export function summaryOf(values: Values): Summary {
  let last: number | null = null;
  let max: number | null = null;
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    last = value;
    if (max === null || value > max) max = value;
    sum += value;
    count += 1;
  }
  return { last, max, mean: count === 0 ? null : sum / count };
}

/** The usual distance between points: the median, so that a gap does not stretch it. */
export function stepOf(timesMs: readonly number[]): number {
  if (timesMs.length < 2) return 0;
  const steps = timesMs.slice(1).map((time, i) => time - (timesMs[i] ?? time));
  steps.sort((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? 0;
}

/** Puts samples on the grid of the question, so that what is missing shows as a gap. */
export function onGrid(options: {
  timesMs: readonly number[];
  values: readonly number[];
  startMs: number;
  endMs: number;
  stepMs: number;
}): (number | null)[] {
  const { timesMs, values, startMs, endMs, stepMs } = options;
  const length = Math.floor((endMs - startMs) / stepMs) + 1;
  const grid: (number | null)[] = new Array(length).fill(null);
  for (let i = 0; i < timesMs.length; i++) {
    const slot = Math.round(((timesMs[i] ?? 0) - startMs) / stepMs);
    const value = values[i];
    if (slot >= 0 && slot < length && value !== undefined && Number.isFinite(value)) grid[slot] = value;
  }
  return grid;
}

export interface Burst {
  readonly startMs: number;
  readonly endMs: number;
  readonly peak: number;
}

/** An error share worth a mark: clearly above this chart's own usual, and never below this. */
const burstShareMin = 0.02;
const burstTimes = 3;

/** Stretches in which errors stood out: above 2 % and above three times the quieter quarter of this chart. */
export function errorBursts(timesMs: readonly number[], shares: Values): readonly Burst[] {
  const known = shares.filter((share): share is number => share !== null).sort((a, b) => a - b);
  const quiet = known[Math.floor(known.length / 4)] ?? 0;
  const threshold = Math.max(burstShareMin, quiet * burstTimes);
  const stepMs = stepOf(timesMs);
  const bursts: Burst[] = [];
  let open: Burst | undefined;
  for (let i = 0; i < timesMs.length; i++) {
    const share = shares[i] ?? 0;
    const timeMs = timesMs[i] ?? 0;
    if (share >= threshold) {
      open = { startMs: open?.startMs ?? timeMs, endMs: timeMs + stepMs, peak: Math.max(open?.peak ?? 0, share) };
    } else if (open) {
      bursts.push(open);
      open = undefined;
    }
  }
  return open ? [...bursts, open] : bursts;
}

/** The index whose time is closest; the times ascend. */
export function nearestIndex(timesMs: readonly number[], timeMs: number): number {
  let low = 0;
  let high = timesMs.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((timesMs[middle] ?? 0) < timeMs) low = middle + 1;
    else high = middle;
  }
  const before = timesMs[low - 1];
  const here = timesMs[low];
  return before !== undefined && here !== undefined && timeMs - before < here - timeMs ? low - 1 : low;
}
