/** A window's edges in time, and whether samples after its end count too. */
export interface Edges {
  readonly startMs: number;
  readonly endMs: number;
  readonly isSmoothed: boolean;
}

/** The samples that say what a series was at a window's edges, by index. */
export interface Ends {
  readonly first: number;
  readonly last: number;
}

/**
 * Of the samples [from, to): the last one at or before the window's start (or the first of all), and the last one before
 * its end; when smoothed, the first one at or after its end, if there is one. Undefined when none lies after the start.
 */
export function endsOf(
  times: ArrayLike<number>,
  [from, to]: readonly [number, number],
  { startMs, endMs, isSmoothed }: Edges,
): Ends | undefined {
  const newest = to - 1;
  if (newest < from) return undefined;
  const first = Math.max(from, firstWhere(times, from, newest, (timeMs) => timeMs > startMs) - 1);
  const last = isSmoothed ? firstWhere(times, from, newest, (timeMs) => timeMs >= endMs) : newest;
  return (times[last] ?? 0) <= startMs ? undefined : { first, last };
}

/** The first index in [from, to) whose time holds, else `to`. Times ascend, and the condition once met stays met. */
export function firstWhere(
  times: ArrayLike<number>,
  from: number,
  to: number,
  holds: (timeMs: number) => boolean,
): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(times[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The indexes strictly inside the window, [from, to): what of the ends is no edge itself. */
export function insideOf(times: ArrayLike<number>, { first, last }: Ends, { startMs, endMs }: Edges): [number, number] {
  const from = (times[first] ?? 0) <= startMs ? first + 1 : first;
  const to = (times[last] ?? 0) >= endMs ? last : last + 1;
  return [from, to];
}

interface Floats {
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

/** The series' values at the window's edges: the nearest sample's, or when smoothed, on the line between two. */
export function edgeValues(floats: Floats, ends: Ends, edges: Edges, from: number, isCounter: boolean) {
  const { timesMs, values } = floats;
  const { first, last } = ends;
  const startsBefore = edges.isSmoothed && (timesMs[first] ?? 0) < edges.startMs;
  const endsAfter = edges.isSmoothed && last > from && (timesMs[last] ?? 0) > edges.endMs;
  return {
    left: startsBefore ? interpolate(floats, first, edges.startMs, isCounter) : (values[first] ?? 0),
    right: endsAfter ? interpolate(floats, last - 1, edges.endMs, isCounter) : (values[last] ?? 0),
  };
}

/** On the line from the sample at `index` to the next. A counter that falls between them began at zero. */
export function interpolate({ timesMs, values }: Floats, index: number, timeMs: number, isCounter: boolean): number {
  const before = values[index] ?? 0;
  const after = values[index + 1] ?? 0;
  const beforeMs = timesMs[index] ?? 0;
  const base = isCounter && after < before ? 0 : before;
  return base + ((after - base) * (timeMs - beforeMs)) / ((timesMs[index + 1] ?? 0) - beforeMs);
}

/** A series as a smoothed or anchored range selector shows it: with a sample at either edge, and none outside. */
export function cutAtEdges(floats: Floats, edges: Edges): Floats {
  const { timesMs, values } = floats;
  const ends = endsOf(timesMs, [0, timesMs.length], edges);
  if (ends === undefined) return { timesMs: new Float64Array(0), values: new Float64Array(0) };
  const { left, right } = edgeValues(floats, ends, edges, 0, false);
  const [from, to] = insideOf(timesMs, ends, edges);
  return {
    timesMs: Float64Array.of(edges.startMs, ...timesMs.subarray(from, to), edges.endMs),
    values: Float64Array.of(left, ...values.subarray(from, to), right),
  };
}
