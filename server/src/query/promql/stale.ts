import { isStaleAt } from '#model';
import type { RawSeries } from './values.ts';

export type Floats = Pick<RawSeries, 'timesMs' | 'values' | 'startsMs'>;

/** The floats without stale markers. Shares the arrays when there is nothing to leave out, which is nearly always. Hot: bench/promql-kernels.ts. */
export function withoutStale({ timesMs, values, startsMs }: Floats): Floats {
  // Most series have no NaN at all, and a view of their bits takes longer to make than a look at them.
  let first = 0;
  while (first < values.length && !Number.isNaN(values[first])) first++;
  if (first === values.length) return { timesMs, values, startsMs };
  const bits = bitsOf(values);
  let stale = 0;
  for (let i = first; i < values.length; i++) if (Number.isNaN(values[i]) && isStaleAt(bits, i)) stale++;
  if (stale === 0) return { timesMs, values, startsMs };
  const length = values.length - stale;
  const kept = {
    timesMs: new Float64Array(length),
    values: new Float64Array(length),
    startsMs: startsMs && new Float64Array(length),
  };
  let next = 0;
  for (let i = 0; i < values.length; i++) {
    if (isStaleAt(bits, i)) continue;
    kept.timesMs[next] = timesMs[i] ?? 0;
    kept.values[next] = values[i] ?? 0;
    if (kept.startsMs !== undefined) kept.startsMs[next] = startsMs?.[i] ?? 0;
    next++;
  }
  return kept;
}

export function bitsOf(values: Float64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
}
