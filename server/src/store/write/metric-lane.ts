/** Samples, histograms, exemplars and metadata: the series rows go first, so that no sample stands without its labels. */
import type { SampleColumns } from '#model';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { dayOf, type Sightings } from '../catalogue/sightings.ts';
import type { WriteBatch } from '../contract.ts';
import {
  exemplarColumns,
  histogramColumns,
  metadataColumns,
  type SeriesKey,
  writeExemplar,
  writeHistogram,
  writeMetadata,
} from '../rows/metrics.ts';
import {
  sampleColumns,
  seriesColumns,
  seriesDayColumns,
  writeSamples,
  writeSeries,
  writeSeriesDay,
} from '../rows/samples.ts';
import { Group } from './lane.ts';
import type { MetadataFilter } from './metadata-filter.ts';
import { TableRows } from './table-rows.ts';

export interface MetricDeps {
  readonly catalogue: Catalogue;
  readonly sightings: Sightings;
  readonly metadata: MetadataFilter;
  readonly nowMs: () => number;
  readonly insert: (rows: TableRows) => Promise<void>;
  /** Told what has become durable, in the order it did. */
  readonly durable: (samples: SampleColumns) => void;
}

export class MetricGroup extends Group {
  readonly samples: TableRows;
  readonly histograms: TableRows;
  readonly exemplars: TableRows;
  readonly metadata: TableRows;
  readonly taken: SampleColumns[] = [];

  constructor() {
    const samples = new TableRows('samples', sampleColumns);
    const histograms = new TableRows('histograms', histogramColumns);
    const exemplars = new TableRows('exemplars', exemplarColumns);
    const metadata = new TableRows('metadata', metadataColumns);
    super([samples, histograms, exemplars, metadata]);
    this.samples = samples;
    this.histograms = histograms;
    this.exemplars = exemplars;
    this.metadata = metadata;
  }

  override clear(): void {
    super.clear();
    this.taken.length = 0;
  }
}

/** Whether the batch has something for this lane. */
export function hasMetrics({ samples, histograms, exemplars, metadata }: WriteBatch): boolean {
  return (samples?.count ?? 0) + (histograms?.length ?? 0) + (exemplars?.length ?? 0) + (metadata?.length ?? 0) > 0;
}

export function fillMetrics(group: MetricGroup, batch: WriteBatch, deps: MetricDeps): void {
  const { tenant, samples, histograms = [], exemplars = [], metadata = [] } = batch;
  const keyOf = (ref: number): SeriesKey => ({
    tenant,
    metric: deps.catalogue.metricOf(ref),
    id: deps.catalogue.idOf(ref),
  });
  if (samples !== undefined && samples.count > 0) {
    writeSamples(group.samples.out, tenant, samples, deps);
    group.samples.rows += samples.count;
  }
  for (const row of histograms) {
    deps.sightings.seeHistogram(row.ref, dayOf(row.timeMs));
    writeHistogram(group.histograms.out, keyOf(row.ref), row);
  }
  group.histograms.rows += histograms.length;
  for (const row of exemplars) {
    deps.sightings.see(row.ref, dayOf(row.timeMs));
    writeExemplar(group.exemplars.out, keyOf(row.ref), row);
  }
  group.exemplars.rows += exemplars.length;
  for (const row of metadata) {
    if (!deps.metadata.isNews(tenant, row)) continue;
    writeMetadata(group.metadata.out, tenant, row, Math.floor(deps.nowMs() / 1000));
    group.metadata.rows++;
  }
  if (samples !== undefined) group.taken.push(samples);
}

export async function flushMetrics(group: MetricGroup, deps: MetricDeps): Promise<void> {
  await flushSeries(deps);
  try {
    await allOf(group.tables.map((table) => deps.insert(table)));
  } catch (error) {
    // What the filter took for known may not have been written.
    if (group.metadata.rows > 0) deps.metadata.forget();
    throw error;
  }
  for (const samples of group.taken) deps.durable(samples);
}

async function flushSeries(deps: MetricDeps): Promise<void> {
  const { catalogue, sightings, nowMs } = deps;
  const unwritten = sightings.take();
  const series = new TableRows('series', seriesColumns);
  const days = new TableRows('series_days', seriesDayColumns);
  const seenSeconds = Math.floor(nowMs() / 1000);
  for (const ref of unwritten.series) writeSeries(series.out, ref, seenSeconds, deps);
  for (let i = 0; i < unwritten.days.length; i++) {
    writeSeriesDay(days.out, unwritten.dayRefs[i] as number, unwritten.days[i] as number, catalogue);
  }
  series.rows = unwritten.series.length;
  days.rows = unwritten.days.length;
  try {
    await allOf([deps.insert(series), deps.insert(days)]);
  } catch (error) {
    // The samples of a later group may need them.
    sightings.giveBack(unwritten);
    throw error;
  }
}

/** Like Promise.all, but waits for every one: the buffers are in use until the last has ended. */
async function allOf(inserts: readonly Promise<void>[]): Promise<void> {
  const ends = await Promise.allSettled(inserts);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

