/**
 * The two sides of a request, brought together by the caller's trace and span id, in whatever order they come. A caller
 * that has met its callee is remembered for as long as one that waits, for a message may have many consumers. Bounded in
 * count and bytes: when there is no room, whoever has waited longest goes.
 */
import type { Limits } from '#model';
import { Acquaintances } from './acquaintances.ts';
import type { Witness } from './entry.ts';

/** One side, as much of its span as is needed. */
export interface Side extends Witness {
  readonly tenant: string;
  readonly service: string;
  readonly role: 'caller' | 'callee';
  readonly seconds: number;
  readonly failed: boolean;
  /** A producer or a consumer. */
  readonly messaging: boolean;
  /** Who stands in for the other side if it does not come; '' when nothing is known of it. */
  readonly peer: string;
  readonly arrivedMs: number;
}

/** The ids of the span that a callee waits for: its parent, or one that it links to. */
export type Caller = Pick<Side, 'traceId' | 'spanId'>;

export type EndOfWait = 'expired' | 'full' | 'stopped';

export interface Ends {
  readonly met: (caller: Side, callee: Side) => void;
  readonly alone: (side: Side, why: EndOfWait) => void;
}

/** What a side takes that is kept, measured: its key, its record and its place in the map; its peer's name comes on top. */
const sideBytes = 400;

/** Room is made a sixteenth at a time: a map walks over all that was deleted before its first entry, at each asking. */
const roomShare = 15 / 16;

/** A side that waits, and those after it that wait for the same one. */
interface Waiting {
  readonly side: Side;
  also: Waiting | undefined;
}

export class Pairs {
  private readonly limits: Pick<Limits['spanMetrics'], 'pairsMax' | 'pairBytesMax' | 'pairMsMax'>;
  private readonly ends: Ends;
  // In the order they came, so that the oldest stand first. Under one key wait one caller, or callees.
  private readonly lonely = new Map<string, Waiting>();
  private readonly acquainted: Acquaintances;
  private count = 0;
  private bytes = 0;

  constructor(limits: Limits['spanMetrics'], ends: Ends) {
    this.limits = limits;
    this.ends = ends;
    this.acquainted = new Acquaintances(limits.pairsMax, limits.pairMsMax);
  }

  get waiting(): number {
    return this.count;
  }

  /** Hot: once a client span. */
  caller(side: Side): void {
    const key = keyOf(side);
    const there = this.lonely.get(key);
    // Two callers with one id are one caller told twice: the first is believed.
    if (there?.side.role === 'caller' || this.acquainted.find(side, side.arrivedMs)) return;
    if (there === undefined) {
      this.keep(side);
      this.lonely.set(key, { side, also: undefined });
    } else {
      for (let callee: Waiting | undefined = there; callee; callee = callee.also) this.ends.met(side, callee.side);
      this.forget(key, there);
      this.acquainted.add(side);
    }
    this.makeRoom();
  }

  /** Hot: once a server span. */
  callee(side: Side, caller: Caller): void {
    const { tenant, arrivedMs } = side;
    const key = keyOf({ tenant, ...caller });
    const there = this.lonely.get(key);
    if (there?.side.role === 'caller') {
      this.ends.met(there.side, side);
      this.forget(key, there);
      this.acquainted.add(there.side);
      return;
    }
    const known = this.acquainted.find({ tenant, ...caller }, arrivedMs);
    if (known !== undefined) {
      this.ends.met(known, side);
      return;
    }
    this.keep(side);
    if (there === undefined) this.lonely.set(key, { side, also: undefined });
    else there.also = { side, also: there.also };
    this.makeRoom();
  }

  /** Ends the wait of all who came before `nowMs - pairMsMax`. */
  expire(nowMs: number): void {
    const beforeMs = nowMs - this.limits.pairMsMax;
    for (const [key, waiting] of this.lonely) {
      if (waiting.side.arrivedMs > beforeMs) break;
      this.end(key, waiting, 'expired');
    }
  }

  /** Ends every wait. */
  stop(): void {
    for (const [key, waiting] of this.lonely) this.end(key, waiting, 'stopped');
  }

  private makeRoom(): void {
    const { pairsMax, pairBytesMax } = this.limits;
    if (this.count <= pairsMax && this.bytes <= pairBytesMax) return;
    const hasRoom = () => this.count <= pairsMax * roomShare && this.bytes <= pairBytesMax * roomShare;
    for (const [key, waiting] of this.lonely) {
      if (hasRoom()) return;
      this.end(key, waiting, 'full');
    }
  }

  private end(key: string, waiting: Waiting, why: EndOfWait): void {
    this.forget(key, waiting);
    for (let one: Waiting | undefined = waiting; one; one = one.also) this.ends.alone(one.side, why);
  }

  private forget(key: string, waiting: Waiting): void {
    this.lonely.delete(key);
    for (let one: Waiting | undefined = waiting; one; one = one.also) this.release(one.side);
  }

  private keep(side: Side): void {
    this.count++;
    this.bytes += bytesOf(side);
  }

  private release(side: Side): void {
    this.count--;
    this.bytes -= bytesOf(side);
  }
}

/** Ids have fixed lengths, so nothing can be taken for anything else. */
const keyOf = ({ traceId, spanId, tenant }: Caller & { tenant: string }): string => traceId + spanId + tenant;

const bytesOf = ({ peer }: Side): number => sideBytes + 2 * peer.length;
