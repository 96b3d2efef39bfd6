import type { VectorMatching } from '@farol/promql';
import { keyOfNames, keyWithoutNames, METRIC_NAME } from './labelset.ts';
import type { GridSeries } from './values.ts';

/** The series of both sides that match each other. */
export interface MatchGroup {
  readonly left: GridSeries[];
  readonly right: GridSeries[];
}

/** Groups both sides by the labels that decide a match; groups come in order of first appearance. */
export function matchGroups(
  left: readonly GridSeries[],
  right: readonly GridSeries[],
  { on, labels }: VectorMatching,
): MatchGroup[] {
  const names = [...new Set(labels)].sort();
  const ignored = new Set([METRIC_NAME, ...labels]);
  const keyOf = (series: GridSeries): string =>
    on ? keyOfNames(series.labels, names) : keyWithoutNames(series.labels, ignored);
  const groups = new Map<string, MatchGroup>();
  const groupOf = (series: GridSeries): MatchGroup => {
    const key = keyOf(series);
    let group = groups.get(key);
    if (group === undefined) {
      group = { left: [], right: [] };
      groups.set(key, group);
    }
    return group;
  };
  for (const series of left) groupOf(series).left.push(series);
  for (const series of right) groupOf(series).right.push(series);
  return [...groups.values()];
}

/** At which steps any of the series has a value. */
export function presence(series: readonly GridSeries[], steps: number): Uint8Array {
  const any = new Uint8Array(steps);
  for (const { present } of series) for (let i = 0; i < steps; i++) if (present[i] !== 0) any[i] = 1;
  return any;
}
