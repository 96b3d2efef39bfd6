/**
 * Group commit: what arrives within `flushMs` is written together, and everybody waits for the write. A trickle of small
 * groups is gathered for longer, because each insert costs a part and the merges to be rid of it. One lane per signal,
 * so that trouble with one leaves the others alone. Groups are flushed one after another, in order.
 */
import { type Clock, noteGathered } from '#kit';
import type { Table } from '../rows/table.ts';
import { gatherSeconds } from '../selfmetrics.ts';

/** Rows of several tables that become durable together. */
export class Group {
  readonly tables: readonly Table[];

  constructor(tables: readonly Table[]) {
    this.tables = tables;
  }

  rows(): number {
    return this.tables.reduce((sum, table) => sum + table.rows, 0);
  }

  bytes(): number {
    return this.tables.reduce((sum, table) => sum + table.bytes(), 0);
  }

  /** Makes the group empty, so that its buffers can be used again. */
  clear(): void {
    for (const table of this.tables) table.clear();
  }
}

export interface LaneDeps<G extends Group> {
  readonly newGroup: () => G;
  /** Resolves when every row of the group is durable. Never runs twice at once. */
  readonly flush: (group: G) => Promise<void>;
  readonly flushMs: number;
  readonly flushRowsMax: number;
  readonly smallGroupRows: number;
  readonly smallGroupMs: number;
  readonly clock: Clock;
}

interface Waiting<G> {
  readonly group: G;
  readonly done: PromiseWithResolvers<void>;
  /** It was due, and is small: it waits for company. */
  patient: boolean;
  /** When its wait for company was over; what it waits for after that is other writes. */
  dueAtMs?: number;
}

/** What comes together is sent together, even after a quiet while. */
const quickFlushMs = 20;

/** Small groups that need not wait, until they have come too often: one is earned back every `smallGroupMs`. */
const creditMax = 20;

/** Buffers above this are given back to the system instead of being used again. */
const keptBytesMax = 32 * 1024 * 1024;

export class Lane<G extends Group> implements AsyncDisposable {
  queuedRows = 0;
  queuedBytes = 0;
  private readonly deps: LaneDeps<G>;
  private readonly sealed: Waiting<G>[] = [];
  private open: Waiting<G> | undefined;
  private spare: G | undefined;
  private sealedAtMs = Number.NEGATIVE_INFINITY;
  private credit = creditMax;
  private flushing: Promise<void> | undefined;
  private readonly stop = new AbortController();

  constructor(deps: LaneDeps<G>) {
    this.deps = deps;
  }

  /** `fill` writes rows into the open group at once; resolves when they are durable. */
  add(fill: (group: G) => void): Promise<void> {
    const waiting = this.open ?? this.openGroup();
    const rows = waiting.group.rows();
    const bytes = waiting.group.bytes();
    fillOrNothing(waiting.group, fill);
    this.queuedRows += waiting.group.rows() - rows;
    this.queuedBytes += waiting.group.bytes() - bytes;
    const enough = waiting.patient ? this.deps.smallGroupRows : this.deps.flushRowsMax;
    if (waiting.group.rows() >= enough) this.seal();
    return this.told(waiting);
  }

  /** Whoever asks how long the work took is told what of it was patience. */
  private async told(waiting: Waiting<G>): Promise<void> {
    const addedAtMs = this.deps.clock.tickMs();
    try {
      await waiting.done.promise;
    } finally {
      const gatheredMs = Math.max(0, (waiting.dueAtMs ?? addedAtMs) - addedAtMs);
      gatherSeconds.observe(gatheredMs / 1000);
      noteGathered(gatheredMs);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop.abort();
    this.seal();
    await this.flushing;
  }

  private openGroup(): Waiting<G> {
    const group = this.spare ?? this.deps.newGroup();
    this.spare = undefined;
    const opened = { group, done: Promise.withResolvers<void>(), patient: false };
    // Each sender hears of a failure through its own promise; a group whose senders all failed to fill it has none.
    opened.done.promise.catch(() => undefined);
    this.open = opened;
    // The wait ends early when the lane closes; closing seals the group itself.
    this.sealWhenDue(opened).catch(() => undefined);
    return opened;
  }

  private async sealWhenDue(opened: Waiting<G>): Promise<void> {
    const { clock, smallGroupRows, smallGroupMs } = this.deps;
    await clock.sleep(this.waitMs(), this.stop.signal);
    if (this.open === opened && opened.group.rows() < smallGroupRows && this.earned() < 1) {
      opened.patient = true;
      await clock.sleep((1 - this.earned()) * smallGroupMs, this.stop.signal);
    }
    opened.dueAtMs ??= clock.tickMs();
    // What would wait behind a write in progress waits open: under load the groups grow, and the parts stay few.
    while (this.flushing !== undefined && this.open === opened) await this.flushing;
    if (this.open === opened) this.seal();
  }

  private earned(): number {
    const quietMs = this.deps.clock.tickMs() - this.sealedAtMs;
    return Math.min(creditMax, this.credit + quietMs / this.deps.smallGroupMs);
  }

  /** After a quiet while there is nothing to wait for: the next group follows at its distance anyway. */
  private waitMs(): number {
    const { flushMs, clock } = this.deps;
    return Math.max(Math.min(flushMs, quickFlushMs), flushMs - (clock.tickMs() - this.sealedAtMs));
  }

  private seal(): void {
    if (this.open === undefined) return;
    this.credit = Math.max(0, this.earned() - 1);
    this.sealedAtMs = this.deps.clock.tickMs();
    this.open.dueAtMs ??= this.sealedAtMs;
    this.sealed.push(this.open);
    this.open = undefined;
    this.flushing ??= this.flushAll().finally(() => {
      this.flushing = undefined;
    });
  }

  private async flushAll(): Promise<void> {
    for (let next = this.sealed.shift(); next !== undefined; next = this.sealed.shift()) await this.flushOne(next);
  }

  private async flushOne({ group, done }: Waiting<G>): Promise<void> {
    const rows = group.rows();
    const bytes = group.bytes();
    try {
      await this.deps.flush(group);
      done.resolve();
    } catch (error) {
      done.reject(error);
    }
    this.queuedRows -= rows;
    this.queuedBytes -= bytes;
    group.clear();
    if (bytes <= keptBytesMax) this.spare ??= group;
  }
}

/** A row that cannot be encoded must not leave half of itself among the rows of others. */
function fillOrNothing<G extends Group>(group: G, fill: (group: G) => void): void {
  const before = group.tables.map((table) => ({ table, mark: table.mark() }));
  try {
    fill(group);
  } catch (error) {
    for (const { table, mark } of before) table.restore(mark);
    throw error;
  }
}
