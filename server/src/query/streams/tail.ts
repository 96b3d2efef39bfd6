/**
 * Lines as they become durable, for those who watch. Each tail keeps what it has not yet been asked for, up to a bound;
 * what does not fit is dropped, remembered by name while there is room, and counted.
 */
import { type Clock, counter, gauge } from '#kit';
import { type Labels, type Limits, type LogRow, labelValue, type Matcher, Refusal } from '#model';
import type { Store } from '#store';
import type { EntryBatch } from '../logql/index.ts';
import { compilePattern } from '../promql/index.ts';
import { EntryRows, metadataOf, sharedMetadata } from './rows.ts';

export interface TailHubDeps {
  readonly limits: Limits['tail'];
  readonly clock: Clock;
}

export interface TailHub {
  /** Writes as `write` does; lines that have become durable are shown to those who watch. */
  following(write: Store['write']): Store['write'];
  /** Refuses with TOO_MANY_REQUESTS past `tail.perTenantMax`. Disposing the tail frees its place. */
  open(question: { readonly tenant: string; readonly matchers: readonly Matcher[] }): Tail;
}

export interface Tail extends Disposable {
  /** The rows that are of before then, or came before then, oldest first; they are the caller's. */
  take(untilMs: number): LogRow[];
  takeDropped(): DroppedLine[];
}

export interface DroppedLine {
  readonly timeNs: bigint;
  readonly labels: Labels;
}

const tails = gauge('farol_tails', 'Log tails that are open.');
const dropped = counter('farol_tail_dropped_lines_total', 'Lines that a slow tail had no room for.');

export function createTailHub(deps: TailHubDeps): TailHub {
  const open = new Map<string, Set<Watcher>>();
  return {
    following: (write) => async (batch) => {
      const { tenant, logs = [] } = batch;
      if (logs.length === 0 || !open.has(tenant)) return write(batch);
      const receipt = await write(batch);
      // A request that came twice was shown the first time.
      if (receipt.duplicateRows >= logs.length) return receipt;
      const arrivedMs = deps.clock.nowMs();
      for (const watcher of open.get(tenant) ?? []) watcher.offer(logs, arrivedMs);
      return receipt;
    },
    open({ tenant, matchers }) {
      const ofTenant = open.get(tenant) ?? new Set<Watcher>();
      if (ofTenant.size >= deps.limits.perTenantMax) throw tooManyTails(tenant, deps.limits.perTenantMax);
      const watcher = new Watcher(matchers, deps.limits, () => {
        ofTenant.delete(watcher);
        if (ofTenant.size === 0) open.delete(tenant);
        tails.dec();
      });
      open.set(tenant, ofTenant.add(watcher));
      tails.inc();
      return watcher;
    },
  };
}

function tooManyTails(tenant: string, perTenantMax: number): Refusal {
  return new Refusal(
    `max concurrent tail requests limit exceeded, count > limit (${perTenantMax + 1} > ${perTenantMax}): ` +
      `tenant ${tenant} may have tail.perTenantMax at once; close one`,
    { code: 'TOO_MANY_REQUESTS' },
  );
}

interface Waiting {
  readonly row: LogRow;
  readonly arrivedMs: number;
}

/** What a row costs beside its line. */
const rowBytes = 500;

class Watcher implements Tail {
  private readonly isWanted: (stream: Labels) => boolean;
  private readonly limits: Limits['tail'];
  private readonly close: () => void;
  private waiting: Waiting[] = [];
  private bytes = 0;
  private dropped: DroppedLine[] = [];
  private isOpen = true;

  constructor(matchers: readonly Matcher[], limits: Limits['tail'], close: () => void) {
    this.isWanted = remembered(matchers.map(testOf));
    this.limits = limits;
    this.close = close;
  }

  offer(rows: readonly LogRow[], arrivedMs: number): void {
    for (const row of rows) {
      if (!this.isWanted(row.stream)) continue;
      const bytes = bytesOf(row);
      if (this.bytes + bytes <= this.limits.bufferBytesMax) {
        this.waiting.push({ row, arrivedMs });
        this.bytes += bytes;
      } else this.drop(row);
    }
  }

  take(untilMs: number): LogRow[] {
    const { ready = [], early = [] } = Object.groupBy(this.waiting, (one) => (isDue(one, untilMs) ? 'ready' : 'early'));
    this.waiting = early;
    for (const { row } of ready) this.bytes -= bytesOf(row);
    return ready.map(({ row }) => row).sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0));
  }

  takeDropped(): DroppedLine[] {
    const taken = this.dropped;
    this.dropped = [];
    return taken;
  }

  [Symbol.dispose](): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.waiting = [];
    this.close();
  }

  private drop({ timeNs, stream }: LogRow): void {
    dropped.inc();
    if (this.dropped.length < this.limits.droppedMax) this.dropped.push({ timeNs, labels: stream });
  }
}

const isDue = ({ row, arrivedMs }: Waiting, untilMs: number): boolean =>
  arrivedMs <= untilMs || Number(row.timeNs / 1_000_000n) <= untilMs;

const bytesOf = ({ body }: LogRow): number => body.length * 2 + rowBytes;

/** Rows of one request share their stream's object. */
function remembered(tests: readonly ((stream: Labels) => boolean)[]): (stream: Labels) => boolean {
  const known = new WeakMap<Labels, boolean>();
  return (stream) => {
    let answer = known.get(stream);
    if (answer === undefined) {
      answer = tests.every((test) => test(stream));
      known.set(stream, answer);
    }
    return answer;
  };
}

function testOf({ name, kind, value }: Matcher): (stream: Labels) => boolean {
  if (kind === '=' || kind === '!=') return (stream) => (labelValue(stream, name) === value) === (kind === '=');
  const pattern = compilePattern(value);
  return (stream) => pattern.matcher(labelValue(stream, name)).find() === (kind === '=~');
}

/** Turns rows into batches of one reader, in the order given. */
export function createRowBatches(): (rows: readonly LogRow[]) => EntryBatch {
  const all = new EntryRows();
  return (rows) =>
    all.batchOf(
      rows.map((row) => ({
        timeNs: row.timeNs,
        line: row.body,
        stream: all.streamOf(row.stream),
        metadata: metadataOf({ metadata: sharedMetadata(originOf(row)) }, row),
      })),
    );
}

function originOf(row: LogRow): Parameters<typeof sharedMetadata>[0] {
  return {
    ...row,
    resource: pairsOf(row.resource.attributes),
    scope: pairsOf(row.scope.attributes),
    attributes: pairsOf(row.attributes),
    scopeName: row.scope.name,
    scopeVersion: row.scope.version,
  };
}

function pairsOf({ keys, values }: LogRow['attributes']): string[] {
  return keys.flatMap((key, i) => [key, values[i] ?? '']);
}
