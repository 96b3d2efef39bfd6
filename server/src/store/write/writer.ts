/**
 * The write half of the store: batches in, durable rows out. Three lanes (metrics, logs, traces); a batch is
 * acknowledged when every lane it touches says so.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '#kit';
import { type Limits, Refusal, type SampleColumns } from '#model';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Sightings } from '../catalogue/sightings.ts';
import type { WriteBatch, WriteReceipt } from '../contract.ts';
import type { Table } from '../rows/table.ts';
import { bytesWritten, duplicateRows, writesRefused } from '../selfmetrics.ts';
import type { Wire } from '../wire.ts';
import { fillSpans, flushSpans, LogGroup, LogShapeGroup, SpanGroup } from './event-lanes.ts';
import { type InsertDeps, insertDurably } from './insert.ts';
import { Lane } from './lane.ts';
import { MetadataFilter } from './metadata-filter.ts';
import { assertKnown, fillMetrics, flushMetrics, hasMetrics, type MetricDeps, MetricGroup } from './metric-lane.ts';
import { RecentSlices } from './requests.ts';
import { type Slice, slicesOf } from './slices.ts';

export interface WriterDeps {
  readonly wire: Wire;
  readonly clock: Clock;
  readonly limits: Limits['store'];
  readonly catalogue: Catalogue;
  readonly sightings: Sightings;
  /** Told of samples that have become durable. */
  readonly durable: (samples: SampleColumns) => void;
  readonly wrote: MetricDeps['wrote'];
  readonly report: InsertDeps['report'];
  /** Throws a refusal while nothing can be written. */
  readonly assertWritable: () => void;
  /** Learns from the tables which requests are durable; fails while they cannot be read. */
  readonly recall: (writer: Writer) => Promise<void>;
}

export class Writer implements AsyncDisposable {
  readonly recentLogs = new RecentSlices();
  readonly recentSpans = new RecentSlices();
  private readonly deps: WriterDeps;
  private readonly metricDeps: MetricDeps;
  private readonly metrics: Lane<MetricGroup>;
  private readonly logs: Lane<LogGroup>;
  private readonly spans: Lane<SpanGroup>;
  private readonly shapes: Lane<LogShapeGroup>;
  private readonly session = randomUUID();
  private tokens = 0;
  private closed = false;
  private readonly outage: InsertDeps['outage'] = {};
  /** An insert was given up without an answer: its rows may be durable all the same. */
  private inDoubt = false;
  private recalling: Promise<void> | undefined;

  constructor(deps: WriterDeps) {
    this.deps = deps;
    const { clock, limits } = deps;
    const nowMs = (): number => clock.nowMs();
    const insert = (table: Table): Promise<void> => this.insert(table);
    this.metricDeps = { ...deps, metadata: new MetadataFilter(nowMs), nowMs, insert };
    const { flushMs, flushRowsMax, smallGroupRows, smallGroupMs } = limits;
    const pace = { flushMs, flushRowsMax, smallGroupRows, smallGroupMs, clock };
    this.metrics = new Lane({
      ...pace,
      newGroup: () => new MetricGroup(),
      flush: (group) => flushMetrics(group, this.metricDeps),
    });
    this.logs = new Lane({ ...pace, newGroup: () => new LogGroup(), flush: (group) => insert(group.logs.table) });
    this.spans = new Lane({ ...pace, newGroup: () => new SpanGroup(), flush: (group) => flushSpans(group, insert) });
    this.shapes = new Lane({
      ...pace,
      newGroup: () => new LogShapeGroup(),
      flush: (group) => insert(group.shapes.table),
    });
  }

  async write(batch: WriteBatch): Promise<WriteReceipt> {
    try {
      this.assertRoom();
      this.deps.assertWritable();
      assertKnown(batch, this.deps.catalogue);
      const metrics = hasMetrics(batch)
        ? this.metrics.add((group) => fillMetrics(group, batch, this.metricDeps)).then(() => 0)
        : 0;
      const shapes = this.writeShapes(batch);
      const duplicates = await allSettledOrThrow([this.writeLogs(batch), this.writeSpans(batch), metrics, shapes]);
      return { duplicateRows: sumOf(duplicates) };
    } catch (error) {
      writesRefused.inc({ reason: error instanceof Refusal ? error.code : 'BUG' });
      throw error;
    }
  }

  queued(): { rows: number; bytes: number } {
    const { lanes } = this;
    return {
      rows: lanes.reduce((sum, lane) => sum + lane.queuedRows, 0),
      bytes: lanes.reduce((sum, lane) => sum + lane.queuedBytes, 0),
    };
  }

  /** Writes what is waiting, and takes nothing more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.closed = true;
    for (const lane of this.lanes) await lane[Symbol.asyncDispose]();
  }

  private get lanes() {
    return [this.metrics, this.logs, this.spans, this.shapes];
  }

  private async writeLogs(batch: WriteBatch): Promise<number> {
    if (batch.logs === undefined || batch.logs.length === 0) return 0;
    const slices = slicesOf(batch, batch.logs, (row) => row.timeNs);
    const writes = slices.map((slice) =>
      this.writeSlice(slice, this.recentLogs, () =>
        this.logs.add((group) => group.logs.push(slice.rows, this.arrival(slice.slice))),
      ),
    );
    return this.duplicates('logs', await allSettledOrThrow(writes));
  }

  private async writeShapes({ tenant, logShapes = [] }: WriteBatch): Promise<number> {
    if (logShapes.length > 0) await this.shapes.add((group) => group.shapes.push(tenant, logShapes));
    return 0;
  }

  private async writeSpans(batch: WriteBatch): Promise<number> {
    if (batch.spans === undefined || batch.spans.length === 0) return 0;
    const slices = slicesOf(batch, batch.spans, (row) => row.startNs);
    const writes = slices.map((slice) =>
      this.writeSlice(slice, this.recentSpans, () =>
        this.spans.add((group) => fillSpans(group, slice.rows, batch.tenant, this.arrival(slice.slice))),
      ),
    );
    return this.duplicates('traces', await allSettledOrThrow(writes));
  }

  /** Returns the rows that were durable already. The second of two equal requests waits for the first. */
  private async writeSlice<Row>(slice: Slice<Row>, recent: RecentSlices, write: () => Promise<void>): Promise<number> {
    const { clock } = this.deps;
    for (;;) {
      const first = recent.writing(slice.slice);
      // Its failure is told to its own sender; here it means that the slice is still to be written.
      if (first !== undefined) await first.catch(() => undefined);
      else if (this.inDoubt || this.recalling !== undefined) await this.settleDoubt();
      else break;
    }
    if (recent.isDurable(slice.slice, clock.nowMs())) return slice.rows.length;
    const written = write();
    if (slice.slice !== 0n) recent.track(slice.slice, written, () => clock.nowMs());
    await written;
    return 0;
  }

  private duplicates(signal: 'logs' | 'traces', rows: readonly number[]): number {
    const sum = sumOf(rows);
    duplicateRows.inc({ signal }, sum);
    return sum;
  }

  private arrival(request: bigint): { request: bigint; receivedSeconds: number } {
    return { request, receivedSeconds: Math.floor(this.deps.clock.nowMs() / 1000) };
  }

  private async insert(table: Table): Promise<void> {
    if (table.rows === 0) return;
    const native = table.native();
    const token = `${this.session}-${++this.tokens}`;
    const insert = { table: table.name, columns: table.columnNames(), native, token };
    const { retryMsMax } = this.deps.limits;
    try {
      await insertDurably(insert, table.rows, { ...this.deps, retryMsMax, outage: this.outage });
    } catch (error) {
      this.inDoubt = true;
      throw error;
    }
    bytesWritten.inc(
      { table: table.name },
      native.reduce((sum, piece) => sum + piece.length, 0),
    );
  }

  /** Before anything is written again: a sender that was refused will repeat what may be there already. */
  private async settleDoubt(): Promise<void> {
    this.recalling ??= this.recall().finally(() => {
      this.recalling = undefined;
    });
    await this.recalling;
  }

  private async recall(): Promise<void> {
    this.inDoubt = false;
    try {
      await this.deps.recall(this);
    } catch (error) {
      this.inDoubt = true;
      throw error;
    }
  }

  private assertRoom(): void {
    if (this.closed) throw new Refusal('Farol is shutting down', { code: 'STORE_DOWN', retryAfterSeconds: 5 });
    const { rows, bytes } = this.queued();
    const { queueRowsMax, queueBytesMax } = this.deps.limits;
    if (rows < queueRowsMax && bytes < queueBytesMax) return;
    throw new Refusal(
      `${rows} rows (${bytes} bytes) wait to become durable, limits.store.queueRowsMax is ${queueRowsMax} and ` +
        `limits.store.queueBytesMax is ${queueBytesMax}; send again later, or send less`,
      { code: 'STORE_BUSY', retryAfterSeconds: 2 },
    );
  }
}

/** Like Promise.all, but ends when all have ended: nothing of the batch is under way when its sender hears of a failure. */
async function allSettledOrThrow<T>(promises: readonly (Promise<T> | T)[]): Promise<T[]> {
  const ends = await Promise.allSettled(promises);
  return ends.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
}

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
