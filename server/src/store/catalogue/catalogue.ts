/**
 * Every series this process knows: labels ↔ ref ↔ id. It is the authority: an id that two label sets would share is
 * salted until they differ. Kept in typed arrays by ref, because a million series must fit beside everything else.
 * A ref is never used again for another series. One that was let go of can be read for another round (forgetting.ts).
 */
import { hash53 } from '#kit';
import { type Labels, labelsKey, Refusal, type SeriesRef } from '#model';
import { roomFor } from './growing.ts';
import { LabelIndex, NO_RUN } from './label-index.ts';
import { RefList } from './ref-list.ts';
import { RefTable } from './ref-table.ts';
import type { Steps } from './turns.ts';

export class Catalogue {
  /** The day to note as the last on which somebody asked for a series' ref. */
  today = 0;
  /** Counts the rounds in which series were let go of: a ref from before may be of one of them, so intern it again. */
  forgets = 0;
  private readonly tenants = new Map<string, TenantSeries>();
  private readonly tenantOfRef: TenantSeries[] = [];
  private readonly metrics: string[] = [];
  private ids = new Float64Array(1024);
  private hashes = new Int32Array(1024);
  /** Where the label index has the series' labels; ~run of a series that was let go of. */
  private runs = new Int32Array(1024);
  private askedDays = new Uint16Array(1024);
  /** Label sets that somebody asked for, by ref. */
  private readonly made: (Labels | undefined)[] = [];
  private madeCount = 0;
  private readonly seriesMax: number;

  constructor(seriesMax: number) {
    this.seriesMax = seriesMax;
  }

  /** The series' ref, known or new. Refuses with SERIES_LIMIT past `limits.store.seriesMax` of the tenant. Hot. */
  intern(tenant: string, labels: Labels): SeriesRef {
    const series = this.seriesOf(tenant);
    const hash = hashLabels(labels);
    const known = this.find(series, hash, labels);
    if (known >= 0) {
      this.askedDays[known] = this.today;
      return known;
    }
    if (series.count >= this.seriesMax) throw seriesLimit(tenant, this.seriesMax);
    const ref = this.add(series, hash, labels, this.freeId(series, labels));
    this.askedDays[ref] = this.today;
    return ref;
  }

  /** Takes a series as the tables name it. */
  adopt(tenant: string, id: number, labels: Labels): SeriesRef {
    const series = this.seriesOf(tenant);
    const hash = hashLabels(labels);
    const known = this.find(series, hash, labels);
    if (known >= 0) return known;
    return this.add(series, hash, labels, this.refOfId(tenant, id) < 0 ? id : this.freeId(series, labels));
  }

  /** Also of a series that was let go of in the last round; none of one before. */
  labelsOf(ref: SeriesRef): Labels {
    const known = this.made[ref];
    if (known !== undefined) return known;
    const labels = (this.tenantOfRef[ref] as TenantSeries).index.labelsOf(this.runOf(ref));
    if (++this.madeCount > madeMax) {
      this.made.fill(undefined);
      this.madeCount = 1;
    }
    this.made[ref] = labels;
    return labels;
  }

  metricOf(ref: SeriesRef): string {
    return this.metrics[ref] as string;
  }

  tenantOf(ref: SeriesRef): string {
    return (this.tenantOfRef[ref] as TenantSeries).tenant;
  }

  idOf(ref: SeriesRef): number {
    return this.ids[ref] as number;
  }

  /** -1 when the tenant has no series of this id. Hot. */
  refOfId(tenant: string, id: number): SeriesRef {
    return this.tenants.get(tenant)?.byId.find(id, this.ids) ?? -1;
  }

  count(tenant: string): number {
    return this.tenants.get(tenant)?.count ?? 0;
  }

  /** Of all tenants. */
  get size(): number {
    let size = 0;
    for (const { count } of this.tenants.values()) size += count;
    return size;
  }

  /** Refs are numbers below this. */
  get refsEnd(): number {
    return this.metrics.length;
  }

  tenantNames(): string[] {
    return [...this.tenants.keys()];
  }

  /** Refs of the tenant's series in the order they came. For reading at once, or as of now. */
  all(tenant: string): Int32Array {
    return this.tenants.get(tenant)?.all.view() ?? new Int32Array(0);
  }

  /** For reading at once. */
  ofMetric(tenant: string, metric: string): Int32Array {
    const index = this.labels(tenant);
    const pair = index?.name('__name__')?.values.get(metric);
    return pair === undefined ? new Int32Array(0) : (index as LabelIndex).postings.view(pair);
  }

  metricNames(tenant: string): IterableIterator<string> {
    return (this.labels(tenant)?.name('__name__')?.values ?? new Map<string, number>()).keys();
  }

  /** Undefined when there has never been a series of this tenant. */
  labels(tenant: string): LabelIndex | undefined {
    return this.tenants.get(tenant)?.index;
  }

  /** The run of its labels in the tenant's index. Hot. */
  runOf(ref: SeriesRef): number {
    const run = this.runs[ref] as number;
    return run >= 0 ? run : ~run;
  }

  isKnown(ref: SeriesRef): boolean {
    return (this.runs[ref] as number) > NO_RUN;
  }

  /** Hot: every sample that is written. */
  areKnown(refs: Int32Array, count: number): boolean {
    for (let i = 0; i < count; i++) if (!((this.runs[refs[i] as number] as number) > NO_RUN)) return false;
    return true;
  }

  /** The day on which somebody last asked for the ref, 0: not since the start. */
  askedDay(ref: SeriesRef): number {
    return this.askedDays[ref] as number;
  }

  /** It is not found from now on, and counts no more. Lists may name it until `thin`, and its labels stay until `free`. */
  letGo(ref: SeriesRef): void {
    const series = this.tenantOfRef[ref] as TenantSeries;
    series.byHash.remove(ref, this.hashes);
    series.byId.remove(ref, this.ids);
    series.count--;
    series.gone.push(ref);
    this.runs[ref] = ~(this.runs[ref] as number);
  }

  /** Takes out of the lists what was let go of. */
  *thin(): Steps<void> {
    const isKnown = (ref: SeriesRef): boolean => this.isKnown(ref);
    for (const { index, all, gone, emptied } of this.tenants.values()) {
      if (gone.length === 0) continue;
      this.forgets++;
      yield gone.length;
      all.keep(isKnown);
      yield* this.thinPairs(index, { gone, emptied });
      index.endKeeping();
    }
  }

  private *thinPairs(index: LabelIndex, { gone, emptied }: Pick<TenantSeries, 'gone' | 'emptied'>): Steps<void> {
    const isKnown = (ref: SeriesRef): boolean => this.isKnown(ref);
    const marks = new Uint8Array(index.pairsEnd);
    for (const ref of gone) {
      for (const pair of index.pairsOf(this.runOf(ref))) marks[pair] = 1;
      yield 10;
    }
    for (let pair = marks.indexOf(1); pair >= 0; pair = marks.indexOf(1, pair + 1)) {
      yield 2 * index.postings.count(pair) + 10;
      if (!index.keep(pair, isKnown)) emptied.push(pair);
    }
  }

  /** Gives up the labels of what was let go of before. */
  *free(): Steps<void> {
    for (const { index, gone, emptied } of this.tenants.values()) {
      for (const ref of gone) {
        index.freeRun(this.runOf(ref));
        this.runs[ref] = ~NO_RUN;
        this.metrics[ref] = '';
        this.made[ref] = undefined;
        yield 30;
      }
      for (const pair of emptied) index.freePair(pair);
      gone.length = 0;
      emptied.length = 0;
    }
  }

  private seriesOf(tenant: string): TenantSeries {
    const known = this.tenants.get(tenant);
    if (known !== undefined) return known;
    const created: TenantSeries = {
      tenant,
      count: 0,
      byHash: new RefTable(),
      byId: new RefTable(),
      all: new RefList(),
      index: new LabelIndex(),
      gone: [],
      emptied: [],
    };
    this.tenants.set(tenant, created);
    return created;
  }

  private find({ byHash, index }: TenantSeries, hash: number, labels: Labels): SeriesRef {
    return byHash.find(hash, this.hashes, (ref) => index.hasLabels(this.runs[ref] as number, labels));
  }

  private freeId({ tenant }: TenantSeries, labels: Labels): number {
    const key = labelsKey(labels);
    let id = hash53(key);
    for (let salt = 1; this.refOfId(tenant, id) >= 0; salt++) id = hash53(`${salt}\0${key}`);
    return id;
  }

  private add(series: TenantSeries, hash: number, labels: Labels, id: number): SeriesRef {
    const ref = this.metrics.length;
    const { index } = series;
    this.runs = roomFor(this.runs, ref);
    this.askedDays = roomFor(this.askedDays, ref);
    this.ids = roomFor(this.ids, ref);
    this.ids[ref] = id;
    this.hashes = roomFor(this.hashes, ref);
    this.hashes[ref] = hash;
    const run = index.add(ref, labels);
    this.runs[ref] = run;
    this.metrics.push(index.valueIn(run, '__name__'));
    this.tenantOfRef.push(series);
    this.made.push(undefined);
    series.count++;
    series.byHash.add(ref, this.hashes);
    series.byId.add(ref, this.ids);
    series.all.push(ref);
    return ref;
  }
}

interface TenantSeries {
  readonly tenant: string;
  count: number;
  readonly byHash: RefTable;
  readonly byId: RefTable;
  readonly all: RefList;
  readonly index: LabelIndex;
  /** Let go of in the last round, and the pairs that were left without series. */
  readonly gone: SeriesRef[];
  readonly emptied: number[];
}

/** Label sets are made when asked for; as many are kept for the next who asks, then all are made anew. */
const madeMax = 200_000;

/** Hot: once per series and request. FNV-1a over the code units, with a separator that no length could fake. */
function hashLabels(labels: Labels): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < labels.length; i++) {
    const text = labels[i] as string;
    for (let j = 0; j < text.length; j++) hash = Math.imul(hash ^ text.charCodeAt(j), 0x01000193);
    hash = Math.imul(hash ^ (0x10000 + text.length), 0x01000193);
  }
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b3c6d) ^ (hash >>> 13);
}

function seriesLimit(tenant: string, seriesMax: number): Refusal {
  return new Refusal(
    `tenant ${JSON.stringify(tenant)} has ${seriesMax} series, limits.store.seriesMax is ${seriesMax}; ` +
      'drop labels of many values at the sender, or raise the limit',
    { code: 'SERIES_LIMIT', retryAfterSeconds: 60 },
  );
}
