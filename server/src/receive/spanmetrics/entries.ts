/** The label sets of all tenants, at most `seriesMax` series of them together; what comes past that is added up in one. */
import { type Labels, labelsFrom } from '#model';
import { Entry } from './entry.ts';
import { type Family, seriesPerSet } from './families.ts';
import { overflowTotal, uncountedTotal } from './selfmetrics.ts';

/** Each has up to three overflow sets, which are not counted: they must find room when there is none. */
const tenantsMax = 1_000;

export class Entries {
  private readonly byTenant = new Map<string, Map<string, Entry>>();
  private readonly seriesMax: number;
  private series = 0;

  constructor(seriesMax: number) {
    this.seriesMax = seriesMax;
  }

  /** `key` tells label sets apart, of all families. Hot: once a span. */
  at(tenant: string, key: string): Entry | undefined {
    return this.byTenant.get(tenant)?.get(key);
  }

  /** Only for a `key` that is not there. Undefined when there is no room even for the overflow. */
  open(at: { tenant: string; key: string; family: Family; labels: Labels; nowMs: number }): Entry | undefined {
    const entries = this.byTenant.get(at.tenant) ?? this.openTenant(at.tenant);
    if (entries === undefined) {
      uncountedTotal.inc();
      return undefined;
    }
    const more = seriesPerSet(at.family);
    if (this.series + more > this.seriesMax) return overflowOf(entries, at.family, at.nowMs);
    this.series += more;
    const entry = new Entry(at.family, at.labels, at.nowMs);
    entries.set(at.key, entry);
    return entry;
  }

  forget(tenant: string, key: string): void {
    const entries = this.byTenant.get(tenant);
    const entry = entries?.get(key);
    if (!entries || !entry) return;
    entries.delete(key);
    if (key !== overflowKey(entry.family)) this.series -= seriesPerSet(entry.family);
    if (entries.size === 0) this.byTenant.delete(tenant);
  }

  /** A copy: writing takes time, and new tenants may come meanwhile. */
  tenants(): [string, ReadonlyMap<string, Entry>][] {
    return [...this.byTenant];
  }

  get seriesCount(): number {
    return this.series;
  }

  private openTenant(tenant: string): Map<string, Entry> | undefined {
    if (this.byTenant.size >= tenantsMax) return undefined;
    const entries = new Map<string, Entry>();
    this.byTenant.set(tenant, entries);
    return entries;
  }
}

const overflowKey = (family: Family): string => `overflow ${family.name}`;

/** As Tempo's metrics-generator labels it. */
const overflowLabels = labelsFrom([['metric_overflow', 'true']]);

function overflowOf(entries: Map<string, Entry>, family: Family, nowMs: number): Entry {
  overflowTotal.inc({ metrics: family.name });
  const key = overflowKey(family);
  const entry = entries.get(key) ?? new Entry(family, overflowLabels, nowMs);
  entries.set(key, entry);
  return entry;
}
