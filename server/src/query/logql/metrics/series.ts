import { type Labels, labelsKey } from '#model';

/** The evaluation times of a query: `steps` times from `startNs`, `stepNs` apart. */
export interface StepGrid {
  readonly startNs: bigint;
  readonly stepNs: bigint;
  readonly steps: number;
  /** Asked as one time, not as a range that happens to have one step. */
  readonly isInstant: boolean;
}

/** A series over a grid. Structurally a float series of PromQL's evaluator, whose kernels take it. */
export interface StepSeries {
  readonly labels: Labels;
  readonly dropName: false;
  readonly values: Float64Array;
  /** 1 where there is a value. */
  readonly present: Uint8Array;
}

export type StepValue =
  | { readonly kind: 'scalar'; readonly value: number }
  | { readonly kind: 'vector'; readonly series: readonly StepSeries[] };

export function newSeries(labels: Labels, steps: number): StepSeries {
  return { labels, dropName: false, values: new Float64Array(steps), present: new Uint8Array(steps) };
}

export const isEmpty = ({ present }: StepSeries): boolean => !present.includes(1);

/** A label set's part with (or without) these names. Unlike a stored set it keeps empty values. */
export function labelsPart(labels: Labels, names: ReadonlySet<string>, kept: boolean): Labels {
  const part: string[] = [];
  for (let i = 0; i < labels.length; i += 2) {
    const name = labels[i] ?? '';
    if (names.has(name) === kept) part.push(name, labels[i + 1] ?? '');
  }
  return part;
}

/** Groups by a part of the labels, in order of first appearance. */
export function groupBy(
  series: readonly StepSeries[],
  partOf: (labels: Labels) => Labels,
): { labels: Labels; key: string; members: StepSeries[] }[] {
  const groups = new Map<string, { labels: Labels; key: string; members: StepSeries[] }>();
  for (const one of series) {
    const labels = partOf(one.labels);
    const key = labelsKey(labels);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { labels, key, members: [one] });
    else group.members.push(one);
  }
  return [...groups.values()];
}

/** Where two of the same labels have a value at once, the first one's stands. */
export function mergeSame(series: readonly StepSeries[]): StepSeries[] {
  const byKey = new Map<string, StepSeries>();
  for (const one of series) {
    const key = labelsKey(one.labels);
    const known = byKey.get(key);
    byKey.set(key, known === undefined ? one : overlaid(known, one));
  }
  return [...byKey.values()];
}

function overlaid(over: StepSeries, under: StepSeries): StepSeries {
  const values = over.values.map((value, i) => (over.present[i] === 1 ? value : (under.values[i] ?? 0)));
  const present = over.present.map((has, i) => (has === 1 ? 1 : (under.present[i] ?? 0)));
  return { ...over, values, present };
}
