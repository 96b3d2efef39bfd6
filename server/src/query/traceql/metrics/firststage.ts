/** Groups of points as series. */
import { type Field, printField, type SeriesStage } from '@farol/traceql';
import { keyOf } from '../value.ts';
import type { Group } from './bysql.ts';
import type { Grid } from './grid.ts';
import { type Bucket, quantileOf } from './quantile.ts';
import { type Label, type Series, textLabel } from './series.ts';

/** A series and, for each point, when its newest span began; exemplars are looked for there. */
export interface RawSeries extends Omit<Series, 'exemplars'> {
  readonly newestNs: ReadonlyMap<number, bigint>;
}

export function seriesOf(stage: SeriesStage, groups: readonly Group[], grid: Grid): RawSeries[] {
  switch (stage.op) {
    case 'quantile_over_time':
      return quantileSeries(stage, groups, grid);
    case 'histogram_over_time':
      return groups.map((group) => {
        const labels = stage.by.length === 0 ? [] : labelsOf(stage, group);
        return rawSeries(group, [...labels, boundLabel(group)], grid, 0);
      });
    case 'rate': {
      const seconds = Number(grid.stepNs) / 1e9;
      return counted(stage, groups, grid).map((series) => ({
        ...series,
        values: series.values.map((count) => count / seconds),
      }));
    }
    case 'count_over_time':
      return counted(stage, groups, grid);
    case 'min_over_time':
    case 'max_over_time':
    case 'sum_over_time':
    case 'avg_over_time':
      return groups
        .map((group) => rawSeries(group, labelsOf(stage, group), grid, Number.NaN))
        .filter(({ values }) => !values.every(Number.isNaN));
  }
}

/** Nothing counted is a count, too: 0. */
function counted(stage: SeriesStage, groups: readonly Group[], grid: Grid): RawSeries[] {
  const none: Group = { labels: [], indexes: [], values: [], newestNs: [] };
  const all = groups.length === 0 && stage.by.length === 0 ? [none] : groups;
  return all.map((group) => rawSeries(group, labelsOf(stage, group), grid, 0));
}

/** Without groups, the stage names the series; a group whose every field is missing is told by the first. */
function labelsOf(stage: SeriesStage, group: Group): Label[] {
  if (stage.by.length === 0) return [textLabel('__name__', stage.op)];
  const present = group.labels.filter(({ value }) => value !== undefined);
  return present.length > 0 ? present : [{ name: printField(stage.by[0] as Field), value: undefined }];
}

const boundLabel = ({ bound = 0 }: Group): Label => ({ name: '__bucket', value: { type: 'float', value: bound } });

function rawSeries(
  { indexes, values, newestNs }: Group,
  labels: readonly Label[],
  grid: Grid,
  empty: number,
): RawSeries {
  const points = new Float64Array(grid.count).fill(empty);
  const newest = new Map<number, bigint>();
  for (const [at, index] of indexes.entries()) {
    points[index] = values[at] ?? empty;
    newest.set(index, newestNs[at] ?? 0n);
  }
  return { labels, values: points, newestNs: newest };
}

interface Histograms {
  readonly labels: readonly Label[];
  readonly points: Map<number, Bucket[]>;
  readonly newestNs: Map<number, bigint>;
}

function quantileSeries(stage: SeriesStage, groups: readonly Group[], grid: Grid): RawSeries[] {
  const byLabels = new Map<string, Histograms>();
  for (const group of [...groups].sort((a, b) => (a.bound ?? 0) - (b.bound ?? 0))) {
    const key = group.labels.map(({ value }) => keyOf(value)).join('\u0001');
    const known = byLabels.get(key) ?? {
      labels: stage.by.length === 0 ? [] : labelsOf(stage, group),
      points: new Map(),
      newestNs: new Map(),
    };
    byLabels.set(key, known);
    addBuckets(known, group);
  }
  return [...byLabels.values()].flatMap(({ labels, points, newestNs }) =>
    stage.quantiles.map((quantile) => {
      const values = new Float64Array(grid.count);
      for (const [index, buckets] of points) values[index] = quantileOf(quantile, buckets);
      return {
        labels: [...labels, { name: 'p', value: { type: 'float', value: quantile } as const }],
        values,
        newestNs,
      };
    }),
  );
}

function addBuckets({ points, newestNs }: Histograms, group: Group): void {
  for (const [at, index] of group.indexes.entries()) {
    const buckets = points.get(index) ?? [];
    points.set(index, buckets);
    buckets.push({ max: group.bound ?? 0, count: group.values[at] ?? 0 });
    const ns = group.newestNs[at] ?? 0n;
    if (ns > (newestNs.get(index) ?? 0n)) newestNs.set(index, ns);
  }
}
