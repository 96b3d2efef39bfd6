/** What is remembered between requests of remote write, and the buffer they decode into. */
import { Lives } from '#normalise';
import type { Scanned } from './items.ts';
import { MetadataMemory } from './metadata.ts';
import { SeriesMetadata } from './metadata2.ts';
import { SeriesTable } from './seriestable.ts';
import { SymbolMemory } from './symbols.ts';

const entriesMax = 500_000;
const arenaBytesMax = 96 * 1024 * 1024;
const metricsMax = 50_000;
const tenantsMax = 10_000;
/** Larger bodies get a buffer of their own. */
const commonBytesMax = 4 * 1024 * 1024;

export class WriteMemory {
  readonly table = new SeriesTable({ entriesMax, arenaBytesMax });
  private forgets = 0;
  readonly metadata = new MetadataMemory(metricsMax);
  readonly lives = new Lives(entriesMax);
  private symbolMemory = new SymbolMemory();
  private metadataMemory = new SeriesMetadata(this.metadata, metricsMax);
  private readonly tenants = new Map<string, number>();
  private tenantsSeen = 0;
  /** Undefined while a request has it. */
  private scratch: Uint8Array | undefined;

  /** Series are learned again when `forgets`, the store's count, has changed. */
  follow(forgets: number): void {
    if (forgets === this.forgets) return;
    this.forgets = forgets;
    this.table.clear();
    this.renewVersion2();
  }

  /** For one request of version 2.0: both are its own until its end, even when they are replaced meanwhile. */
  forVersion2(): { readonly memory: SymbolMemory; readonly metadata: SeriesMetadata } {
    if (this.symbolMemory.isSpent) this.renewVersion2();
    return { memory: this.symbolMemory, metadata: this.metadataMemory };
  }

  private renewVersion2(): void {
    this.symbolMemory = new SymbolMemory();
    this.metadataMemory = new SeriesMetadata(this.metadata, metricsMax);
  }

  /** Their zeros may not have been written: the request comes again, and brings them again. */
  forgetBegun({ zeros, emptyHistograms }: Pick<Scanned, 'zeros' | 'emptyHistograms'>): void {
    const { refs, count = 0 } = zeros.columns() ?? {};
    for (let i = 0; i < count; i++) this.lives.forget(refs?.[i] ?? 0);
    for (const { ref } of emptyHistograms) this.lives.forget(ref);
  }

  /** Never the same for two tenants, however many there have been. */
  tenantNumber(tenant: string): number {
    const known = this.tenants.get(tenant);
    if (known !== undefined) return known;
    if (this.tenants.size >= tenantsMax) this.tenants.clear();
    this.tenants.set(tenant, this.tenantsSeen);
    return this.tenantsSeen++;
  }

  /** Scanning copies what it keeps, so bodies of common size pass through one buffer, one after the other. */
  async withBuffer<Answer>(length: number, work: (buffer: Uint8Array) => Promise<Answer>): Promise<Answer> {
    if (length > commonBytesMax) return work(new Uint8Array(length));
    const kept = this.scratch;
    this.scratch = undefined;
    const buffer = kept && kept.length >= length ? kept : new Uint8Array(Math.min(commonBytesMax, length * 2));
    try {
      return await work(buffer);
    } finally {
      this.giveBack(buffer);
    }
  }

  private giveBack(buffer: Uint8Array): void {
    if (buffer.length >= (this.scratch?.length ?? 0)) this.scratch = buffer;
  }
}
