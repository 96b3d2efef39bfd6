/**
 * Callers that have met a callee, for the next one. There are thousands a second under load, so they stand in flat
 * arrays that no garbage collector has to walk. A full neighbourhood forgets its oldest: then a second callee is
 * `unpaired`, which is all that is lost.
 */
import type { Side } from './pairs.ts';

/** Places looked at for one key. */
const probes = 8;
/** Services and tenants by number; past so many names all is forgotten. */
const namesMax = 10_000;

const words = 6;

const FAILED = 1;
const MESSAGING = 2;

export class Acquaintances {
  private readonly mask: number;
  /** The ids of the span and its trace, six words each. */
  private readonly ids: Uint32Array;
  private readonly asked = new Uint32Array(words);
  private readonly tenants: Int32Array;
  private readonly services: Int32Array;
  private readonly seconds: Float64Array;
  private readonly flags: Uint8Array;
  /** 0 where nobody stands. */
  private readonly arrivedMs: Float64Array;
  private readonly keptMs: number;
  private names: string[] = [];
  private readonly numbers = new Map<string, number>();

  constructor(places: number, keptMs: number) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(places, probes)));
    this.mask = size - 1;
    this.keptMs = keptMs;
    this.ids = new Uint32Array(size * words);
    this.tenants = new Int32Array(size);
    this.services = new Int32Array(size);
    this.seconds = new Float64Array(size);
    this.flags = new Uint8Array(size);
    this.arrivedMs = new Float64Array(size);
  }

  /** Hot: once a request. */
  add(caller: Side): void {
    if (this.names.length > namesMax) this.forgetAll();
    const tenant = this.numberOf(caller.tenant);
    const service = this.numberOf(caller.service);
    const first = this.ask(caller);
    let oldest = first & this.mask;
    for (let probe = 1; probe < probes; probe++) {
      const at = (first + probe) & this.mask;
      if ((this.arrivedMs[at] as number) < (this.arrivedMs[oldest] as number)) oldest = at;
    }
    this.ids.set(this.asked, oldest * words);
    this.tenants[oldest] = tenant;
    this.services[oldest] = service;
    this.seconds[oldest] = caller.seconds;
    this.flags[oldest] = (caller.failed ? FAILED : 0) | (caller.messaging ? MESSAGING : 0);
    this.arrivedMs[oldest] = caller.arrivedMs;
  }

  /** Hot: once a span that calls or is called. */
  find(who: { tenant: string; traceId: string; spanId: string }, nowMs: number): Side | undefined {
    const first = this.ask(who);
    for (let probe = 0; probe < probes; probe++) {
      const at = (first + probe) & this.mask;
      if (this.isAsked(at) && this.isThere(at, who.tenant, nowMs)) return this.sideAt(at, who);
    }
    return undefined;
  }

  /** Notes the ids that are asked for. Returns the place to begin at: ids may be random, counted or chosen to collide. */
  private ask({ traceId, spanId }: { traceId: string; spanId: string }): number {
    const { asked } = this;
    for (let i = 0; i < 4; i++) asked[i] = wordAt(traceId, 8 * i);
    for (let i = 0; i < 2; i++) asked[4 + i] = wordAt(spanId, 8 * i);
    let mixed = 0;
    for (let i = 0; i < words; i++) mixed = Math.imul(mixed ^ (asked[i] as number), 0x9e3779b1) ^ (mixed >>> 15);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  }

  private isAsked(at: number): boolean {
    const { ids, asked } = this;
    for (let i = 0; i < words; i++) if (ids[at * words + i] !== asked[i]) return false;
    return true;
  }

  private isThere(at: number, tenant: string, nowMs: number): boolean {
    const arrivedMs = this.arrivedMs[at] as number;
    return arrivedMs > 0 && nowMs - arrivedMs < this.keptMs && this.names[this.tenants[at] as number] === tenant;
  }

  private sideAt(at: number, { tenant, traceId, spanId }: { tenant: string; traceId: string; spanId: string }): Side {
    const flags = this.flags[at] as number;
    return {
      tenant,
      service: this.names[this.services[at] as number] ?? '',
      role: 'caller',
      traceId,
      spanId,
      seconds: this.seconds[at] as number,
      failed: (flags & FAILED) !== 0,
      messaging: (flags & MESSAGING) !== 0,
      peer: '',
      arrivedMs: this.arrivedMs[at] as number,
    };
  }

  private numberOf(name: string): number {
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    const number = this.names.push(name) - 1;
    this.numbers.set(name, number);
    return number;
  }

  private forgetAll(): void {
    this.arrivedMs.fill(0);
    this.names = [];
    this.numbers.clear();
  }
}

/** Eight lower-case hex digits. */
function wordAt(hex: string, start: number): number {
  let word = 0;
  for (let i = start; i < start + 8; i++) {
    const code = hex.charCodeAt(i);
    word = (word << 4) | (code < 58 ? code - 48 : code - 87);
  }
  return word;
}
