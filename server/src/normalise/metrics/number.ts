/** Gauge and sum points → one sample each. */
import type { Tally } from '../tally.ts';
import type { WireNumberPoint } from '../wire.ts';
import { addExemplars } from './exemplars.ts';
import { beginningOf, isNoRecordedValue, type Out, refuse } from './out.ts';
import type { KnownPoint } from './series.ts';

/** Returns whether the point was taken; a refusal is in the tally. */
export function translateNumber(
  point: WireNumberPoint,
  kind: 'gauge' | 'counter' | 'delta',
  family: string,
  series: KnownPoint,
  tally: Tally,
  out: Out,
): boolean {
  if (series.refs.length === 0) series.refs = [out.series.ref(out.tenant, series, family)];
  const ref = series.refs[0] ?? 0;
  if (isNoRecordedValue(point)) {
    out.samples.pushStale(ref, point.timeMs);
    return true;
  }
  if (point.value === undefined) {
    return refuse(tally, 'missing_value', `a point of ${family} has neither as_double nor as_int; set one`);
  }
  if (kind === 'delta') {
    const sum = out.deltas.addNumber(ref, point, point.value);
    if (sum === undefined) return refuse(tally, 'delta_out_of_order', lateDelta(family));
    if (sum.startMs !== undefined) out.samples.push(ref, sum.startMs, 0);
    out.samples.push(ref, point.timeMs, sum.value);
  } else {
    const startMs = kind === 'counter' ? beginningOf(point, series, out) : undefined;
    if (startMs !== undefined) out.samples.push(ref, startMs, 0);
    out.samples.push(ref, point.timeMs, point.value);
  }
  addExemplars(point.exemplars, point.timeMs, () => ref, tally, out);
  return true;
}

export function lateDelta(family: string): string {
  return `a delta point of ${family} is older than the last one of its series; send deltas in order`;
}
