/** Samples, histograms, exemplars and metadata: the series rows go first, so that no sample stands without its labels. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Refusal, type SampleColumns } from '#model';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { dayOf } from '../catalogue/sightings.ts';
import type { WriteBatch } from '../contract.ts';
import { ExemplarRows, HistogramRows, MetadataRows } from '../rows/metrics.ts';
import { SampleRows, type SeriesBooks, SeriesDayRows, SeriesRows } from '../rows/samples.ts';
import type { Table } from '../rows/table.ts';
import { Group } from './lane.ts';
import type { MetadataFilter } from './metadata-filter.ts';

export interface MetricDeps extends SeriesBooks {
  readonly metadata: MetadataFilter;
  readonly nowMs: () => number;
  readonly insert: (table: Table) => Promise<void>;
  /** Told what has become durable, in the order it did. */
  readonly durable: (samples: SampleColumns) => void;
  /** Told before the sender that samples from `leastMs` on have become visible, or may have. */
  readonly wrote: (tenant: string, leastMs: number) => void;
}

export class MetricGroup extends Group {
  readonly samples: SampleRows;
  readonly histograms: HistogramRows;
  readonly exemplars: ExemplarRows;
  readonly metadata: MetadataRows;
  readonly taken: SampleColumns[] = [];
  /** The least time of each tenant's samples and histograms. */
  readonly leastMs = new Map<string, number>();

  constructor() {
    const samples = new SampleRows();
    const histograms = new HistogramRows();
    const exemplars = new ExemplarRows();
    const metadata = new MetadataRows();
    super([samples.table, histograms.table, exemplars.table, metadata.table]);
    this.samples = samples;
    this.histograms = histograms;
    this.exemplars = exemplars;
    this.metadata = metadata;
  }

  override clear(): void {
    super.clear();
    this.taken.length = 0;
    this.leastMs.clear();
  }
}

/** Whether the batch has something for this lane. */
export function hasMetrics({ samples, histograms, exemplars, metadata }: WriteBatch): boolean {
  return (samples?.count ?? 0) + (histograms?.length ?? 0) + (exemplars?.length ?? 0) + (metadata?.length ?? 0) > 0;
}

/** Refuses rows of series that were forgotten since their refs were asked for: nothing could be found under them. */
export function assertKnown({ samples, histograms = [], exemplars = [] }: WriteBatch, catalogue: Catalogue): void {
  const isKnown = ({ ref }: { readonly ref: number }): boolean => catalogue.isKnown(ref);
  const areKnown = samples === undefined || catalogue.areKnown(samples.refs, samples.count);
  if (areKnown && histograms.every(isKnown) && exemplars.every(isKnown)) return;
  throw new Refusal('a series had no samples within the retention and was forgotten this moment; send again', {
    code: 'STORE_BUSY',
    retryAfterSeconds: 1,
  });
}

export function fillMetrics(group: MetricGroup, batch: WriteBatch, deps: MetricDeps): void {
  const { tenant, samples, histograms = [], exemplars = [], metadata = [] } = batch;
  const { catalogue, sightings } = deps;
  if (samples !== undefined) group.samples.push(tenant, samples, deps);
  for (const row of histograms) {
    sightings.seeHistogram(row.ref, dayOf(row.timeMs));
    group.histograms.push(tenant, row, catalogue);
  }
  for (const row of exemplars) {
    sightings.see(row.ref, dayOf(row.timeMs));
    group.exemplars.push(tenant, row, catalogue);
  }
  const seenSeconds = Math.floor(deps.nowMs() / 1000);
  for (const row of metadata) if (deps.metadata.isNews(tenant, row)) group.metadata.push(tenant, row, seenSeconds);
  if (samples !== undefined) group.taken.push(samples);
  const leastMs = Math.min(group.leastMs.get(tenant) ?? Number.POSITIVE_INFINITY, leastTimeOf(batch));
  if (leastMs < Number.POSITIVE_INFINITY) group.leastMs.set(tenant, leastMs);
}

function leastTimeOf({ samples, histograms = [] }: WriteBatch): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < (samples?.count ?? 0); i++) least = Math.min(least, samples?.timesMs[i] as number);
  for (const { timeMs } of histograms) least = Math.min(least, timeMs);
  return least;
}

/** Requests are answered between so many rows: a group of half a million must not keep the process from its other work. */
const rowsPerTurn = 20_000;

export async function flushMetrics(group: MetricGroup, deps: MetricDeps): Promise<void> {
  try {
    await writeMetrics(group, deps);
  } finally {
    // Once readers see them, and not before. An insert that failed may have written its rows all the same.
    for (const [tenant, leastMs] of group.leastMs) deps.wrote(tenant, leastMs);
  }
}

async function writeMetrics(group: MetricGroup, deps: MetricDeps): Promise<void> {
  await flushSeries(deps);
  try {
    await allOf(group.tables.map((table) => deps.insert(table)));
  } catch (error) {
    // What the filter took for known may not have been written.
    if (group.metadata.table.rows > 0) deps.metadata.forget();
    throw error;
  }
  let appended = 0;
  for (const samples of group.taken) {
    deps.durable(samples);
    appended += samples.count;
    if (appended < rowsPerTurn) continue;
    appended = 0;
    await nextTurn();
  }
}

async function flushSeries(deps: MetricDeps): Promise<void> {
  const { catalogue, sightings, nowMs, insert } = deps;
  const unwritten = sightings.take();
  const series = new SeriesRows();
  const days = new SeriesDayRows();
  const seenSeconds = Math.floor(nowMs() / 1000);
  for (let i = 0; i < unwritten.series.length; i++) {
    series.push(unwritten.series[i] as number, seenSeconds, deps);
    if (i % rowsPerTurn === rowsPerTurn - 1) await nextTurn();
  }
  for (let i = 0; i < unwritten.days.length; i++) {
    days.push(unwritten.dayRefs[i] as number, unwritten.days[i] as number, catalogue);
    if (i % rowsPerTurn === rowsPerTurn - 1) await nextTurn();
  }
  try {
    await allOf([insert(series.table), insert(days.table)]);
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
