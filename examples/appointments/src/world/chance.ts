/** Chance from a seed: the same seed gives the same day. */
export interface Chance {
  /** 0 ≤ x < 1 */
  next(): number;
  happens(share: number): boolean;
  /** An integer, first ≤ x ≤ last. */
  between(first: number, last: number): number;
  pick<T>(values: readonly T[]): T;
  shuffled<T>(values: readonly T[]): T[];
  /** Waits of a Poisson process with this mean. */
  waitMs(meanMs: number): number;
  /** Mostly near the median, now and then far above it, as latencies are. */
  latencyMs(medianMs: number, spread?: number): number;
}

export function chanceFrom(seed: number): Chance {
  let state = seed >>> 0;
  // mulberry32: 32 bits of state are plenty for traffic.
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
  function between(first: number, last: number): number {
    return first + Math.floor(next() * (last - first + 1));
  }
  return {
    next,
    between,
    happens: (share) => next() < share,
    pick: <T>(values: readonly T[]) => values[between(0, values.length - 1)] as T,
    shuffled: <T>(values: readonly T[]) => {
      const order = values.map((value) => ({ value, at: next() }));
      return order.sort((a, b) => a.at - b.at).map(({ value }) => value);
    },
    waitMs: (meanMs) => -Math.log(1 - next()) * meanMs,
    latencyMs: (medianMs, spread = 0.35) => {
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
      return medianMs * Math.exp(normal * spread);
    },
  };
}
