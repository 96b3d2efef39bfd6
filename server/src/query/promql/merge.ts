import { labelsKey } from '#model';
import { duplicateLabelset } from './failures.ts';
import { hasDuplicates, withoutMetadata } from './labelset.ts';
import { ABSENT, type GridSeries, HISTOGRAM, type RawSeries } from './values.ts';

/** Joins series of the same label set. Two values at one step are an error, as in Prometheus. */
export function mergeSame(series: readonly GridSeries[]): readonly GridSeries[] {
  if (!hasDuplicates(series.map(({ labels }) => labels))) return series;
  const byKey = new Map<string, GridSeries>();
  for (const one of series) {
    const key = labelsKey(one.labels);
    const same = byKey.get(key);
    byKey.set(key, same === undefined ? one : joined(same, one));
  }
  return [...byKey.values()];
}

function joined(a: GridSeries, b: GridSeries): GridSeries {
  const values = a.values.slice();
  const present = a.present.slice();
  const hasHistograms = a.histograms !== undefined || b.histograms !== undefined;
  const histograms = hasHistograms ? (a.histograms?.slice() ?? new Array(values.length)) : undefined;
  for (let i = 0; i < values.length; i++) {
    if (b.present[i] === ABSENT) continue;
    if (present[i] !== ABSENT) throw duplicateLabelset();
    values[i] = b.values[i] ?? 0;
    present[i] = b.present[i] ?? ABSENT;
    if (b.present[i] === HISTOGRAM && histograms !== undefined) histograms[i] = b.histograms?.[i];
  }
  return { labels: a.labels, dropName: a.dropName, values, present, histograms };
}

/** The end of every evaluation: names that were to be dropped are dropped, and what is the same then is joined. */
export function dropNames(series: readonly GridSeries[]): readonly GridSeries[] {
  const named = series.map((one) =>
    one.dropName ? { ...one, labels: withoutMetadata(one.labels), dropName: false } : one,
  );
  return mergeSame(named);
}

/** The same for a top-level range: series that become the same must not share times. */
export function dropRawNames(series: readonly RawSeries[]): readonly RawSeries[] {
  const named = series.map((one) =>
    one.dropName ? { ...one, labels: withoutMetadata(one.labels), dropName: false } : one,
  );
  if (!hasDuplicates(named.map(({ labels }) => labels))) return named;
  const byKey = new Map<string, RawSeries>();
  for (const one of named) {
    const key = labelsKey(one.labels);
    const same = byKey.get(key);
    byKey.set(key, same === undefined ? one : joinedRaw(same, one));
  }
  return [...byKey.values()];
}

function joinedRaw(a: RawSeries, b: RawSeries): RawSeries {
  const floats = zip(a.timesMs, [...a.values], b.timesMs, [...b.values]);
  const histograms = zip(a.histogramTimesMs, a.histograms, b.histogramTimesMs, b.histograms);
  return {
    labels: a.labels,
    dropName: a.dropName,
    timesMs: floats.timesMs,
    values: Float64Array.from(floats.items),
    histogramTimesMs: histograms.timesMs,
    histograms: histograms.items,
  };
}

function zip<T>(aTimes: Float64Array, aItems: readonly T[], bTimes: Float64Array, bItems: readonly T[]) {
  const pairs = [
    ...aItems.map((item, i) => ({ timeMs: aTimes[i] ?? 0, item })),
    ...bItems.map((item, i) => ({ timeMs: bTimes[i] ?? 0, item })),
  ].sort((x, y) => x.timeMs - y.timeMs);
  for (let i = 1; i < pairs.length; i++) if (pairs[i]?.timeMs === pairs[i - 1]?.timeMs) throw duplicateLabelset();
  return { timesMs: Float64Array.from(pairs, ({ timeMs }) => timeMs), items: pairs.map(({ item }) => item) };
}
