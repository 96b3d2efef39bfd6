/**
 * Every series this process knows: labels ↔ ref ↔ id. It is the authority: an id that two label sets would share is
 * salted until they differ. Kept in typed arrays by ref, because a million series must fit beside everything else.
 */
import { hash53 } from '#kit';
import { type Labels, labelsKey, labelValue, Refusal, type SeriesRef } from '#model';
import { roomFor } from './growing.ts';
import { RefList } from './ref-list.ts';
import { textPool } from './text-pool.ts';

export class Catalogue {
  private readonly tenants = new Map<string, TenantSeries>();
  private readonly tenantOfRef: string[] = [];
  private readonly labels: Labels[] = [];
  private readonly metrics: string[] = [];
  private ids = new Float64Array(1024);
  private hashes = new Int32Array(1024);
  private readonly seriesMax: number;
  private readonly pool = textPool();

  constructor(seriesMax: number) {
    this.seriesMax = seriesMax;
  }

  /** The series' ref, known or new. Refuses with SERIES_LIMIT past `limits.store.seriesMax` of the tenant. Hot. */
  intern(tenant: string, labels: Labels): SeriesRef {
    const series = this.seriesOf(tenant);
    const hash = hashLabels(labels);
    const known = this.find(series, hash, labels);
    if (known >= 0) return known;
    if (series.count >= this.seriesMax) throw seriesLimit(tenant, this.seriesMax);
    return this.add(series, hash, labels, this.freeId(series, labels));
  }

  /** Takes a series as the tables name it. */
  adopt(tenant: string, id: number, labels: Labels): SeriesRef {
    const series = this.seriesOf(tenant);
    const hash = hashLabels(labels);
    const known = this.find(series, hash, labels);
    if (known >= 0) return known;
    return this.add(series, hash, labels, this.refOfId(tenant, id) < 0 ? id : this.freeId(series, labels));
  }

  labelsOf(ref: SeriesRef): Labels {
    return this.labels[ref] as Labels;
  }

  metricOf(ref: SeriesRef): string {
    return this.metrics[ref] as string;
  }

  tenantOf(ref: SeriesRef): string {
    return this.tenantOfRef[ref] as string;
  }

  idOf(ref: SeriesRef): number {
    return this.ids[ref] as number;
  }

  /** -1 when the tenant has no series of this id. Hot. */
  refOfId(tenant: string, id: number): SeriesRef {
    const series = this.tenants.get(tenant);
    if (series === undefined) return -1;
    const { byId, mask } = series;
    for (let slot = id & mask; ; slot = (slot + 1) & mask) {
      const ref = (byId[slot] as number) - 1;
      if (ref < 0 || this.ids[ref] === id) return ref;
    }
  }

  count(tenant: string): number {
    return this.tenants.get(tenant)?.count ?? 0;
  }

  /** Of all tenants; refs are 0 … size - 1. */
  get size(): number {
    return this.labels.length;
  }

  tenantNames(): string[] {
    return [...this.tenants.keys()];
  }

  /** Refs of the tenant's series in the order they came. */
  all(tenant: string): Int32Array {
    return this.tenants.get(tenant)?.all.view() ?? new Int32Array(0);
  }

  ofMetric(tenant: string, metric: string): Int32Array {
    return this.tenants.get(tenant)?.byMetric.get(metric)?.view() ?? new Int32Array(0);
  }

  metricNames(tenant: string): IterableIterator<string> {
    return (this.tenants.get(tenant)?.byMetric ?? new Map<string, RefList>()).keys();
  }

  /** Refs of the tenant's series by the value of one label. Built when first asked for, then kept up to date. */
  byLabel(tenant: string, name: string): ReadonlyMap<string, RefList> {
    const series = this.seriesOf(tenant);
    const known = series.byLabel.get(name);
    if (known !== undefined) return known;
    const built = new Map<string, RefList>();
    for (const ref of series.all.view()) pushTo(built, labelValue(this.labelsOf(ref), name), ref);
    if (series.byLabel.size >= labelIndexesMax) series.byLabel.clear();
    series.byLabel.set(name, built);
    return built;
  }

  private seriesOf(tenant: string): TenantSeries {
    const known = this.tenants.get(tenant);
    if (known !== undefined) return known;
    const created: TenantSeries = {
      tenant: tenant,
      count: 0,
      mask: 1023,
      byHash: new Int32Array(1024),
      byId: new Int32Array(1024),
      all: new RefList(),
      byMetric: new Map(),
      byLabel: new Map(),
    };
    this.tenants.set(tenant, created);
    return created;
  }

  private find(series: TenantSeries, hash: number, labels: Labels): number {
    const { byHash, mask } = series;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const ref = (byHash[slot] as number) - 1;
      if (ref < 0) return -1;
      if (this.hashes[ref] === hash && sameLabels(this.labels[ref] as Labels, labels)) return ref;
    }
  }

  private freeId(series: TenantSeries, labels: Labels): number {
    const key = labelsKey(labels);
    let id = hash53(key);
    for (let salt = 1; this.refOfId(series.tenant, id) >= 0; salt++) id = hash53(`${salt}\0${key}`);
    return id;
  }

  private add(series: TenantSeries, hash: number, labels: Labels, id: number): SeriesRef {
    const ref = this.labels.length;
    const own = labels.map(this.pool);
    this.labels.push(own);
    const metric = labelValue(own, '__name__');
    this.metrics.push(metric);
    this.tenantOfRef.push(series.tenant);
    this.ids = roomFor(this.ids, ref);
    this.ids[ref] = id;
    this.hashes = roomFor(this.hashes, ref);
    this.hashes[ref] = hash;
    series.count++;
    if (series.count * 2 > series.mask) this.rehash(series);
    place(series.byHash, series.mask, hash, ref);
    place(series.byId, series.mask, id, ref);
    series.all.push(ref);
    pushTo(series.byMetric, metric, ref);
    for (const [name, byValue] of series.byLabel) pushTo(byValue, labelValue(own, name), ref);
    return ref;
  }

  private rehash(series: TenantSeries): void {
    series.mask = series.mask * 2 + 1;
    series.byHash = new Int32Array(series.mask + 1);
    series.byId = new Int32Array(series.mask + 1);
    for (const ref of series.all.view()) {
      place(series.byHash, series.mask, this.hashes[ref] as number, ref);
      place(series.byId, series.mask, this.ids[ref] as number, ref);
    }
  }
}

/** Open-addressed tables hold ref + 1, so that 0 is an empty slot. At most half full. */
interface TenantSeries {
  readonly tenant: string;
  count: number;
  mask: number;
  byHash: Int32Array;
  byId: Int32Array;
  readonly all: RefList;
  readonly byMetric: Map<string, RefList>;
  readonly byLabel: Map<string, Map<string, RefList>>;
}

/** Past this many label indexes they are all dropped and built again as they are asked for. */
const labelIndexesMax = 64;

function place(table: Int32Array, mask: number, hash: number, ref: number): void {
  let slot = hash & mask;
  while (table[slot] !== 0) slot = (slot + 1) & mask;
  table[slot] = ref + 1;
}

function pushTo(lists: Map<string, RefList>, key: string, ref: number): void {
  let list = lists.get(key);
  if (list === undefined) {
    list = new RefList();
    lists.set(key, list);
  }
  list.push(ref);
}

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

function sameLabels(a: Labels, b: Labels): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function seriesLimit(tenant: string, seriesMax: number): Refusal {
  return new Refusal(
    `tenant ${JSON.stringify(tenant)} has ${seriesMax} series, limits.store.seriesMax is ${seriesMax}; ` +
      'drop labels of many values at the sender, or raise the limit',
    { code: 'SERIES_LIMIT', retryAfterSeconds: 60 },
  );
}
