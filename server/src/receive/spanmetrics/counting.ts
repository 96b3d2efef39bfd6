/** Spans that have become durable, counted: each for itself, and as one side of a request. Knows no clock and no store. */
import { type Labels, type Limits, labelsFrom, type SpanKind, type SpanRow, type SpanStatus } from '#model';
import { Entries } from './entries.ts';
import type { Entry } from './entry.ts';
import { graphFamily, spanFamily, unpairedFamily } from './families.ts';
import { type Caller, type EndOfWait, Pairs, type Side } from './pairs.ts';
import { peerOf } from './peer.ts';
import { unpairedTotal } from './selfmetrics.ts';
import { bytesOf } from './size.ts';

export class Counting {
  readonly entries: Entries;
  private readonly pairs: Pairs;
  private nowMs = 0;
  private expiredMs = 0;

  constructor(limits: Limits['spanMetrics']) {
    this.entries = new Entries(limits.seriesMax);
    this.pairs = new Pairs(limits, {
      met: (caller, callee) => this.met(caller, callee),
      alone: (side, why) => this.alone(side, why),
    });
  }

  get waiting(): number {
    return this.pairs.waiting;
  }

  count(tenant: string, spans: readonly SpanRow[], nowMs: number): void {
    if (nowMs - this.expiredMs >= 1_000) this.expire(nowMs);
    this.nowMs = nowMs;
    for (const span of spans) {
      const seconds = Number(span.durationNs) / 1e9;
      this.countSpan(tenant, span, seconds);
      if (span.kind === 'client' || span.kind === 'producer') this.calls(tenant, span, seconds);
      else if (span.kind === 'server' || span.kind === 'consumer') this.answers(tenant, span, seconds);
    }
  }

  /** Gives up on spans that have waited long enough for their other side. */
  expire(nowMs: number): void {
    this.nowMs = nowMs;
    this.expiredMs = nowMs;
    this.pairs.expire(nowMs);
  }

  /** Gives up on all of them: nothing will be counted any more. */
  stop(nowMs: number): void {
    this.nowMs = nowMs;
    this.pairs.stop();
  }

  private countSpan(tenant: string, span: SpanRow, seconds: number): void {
    const service = short(span.service);
    const name = short(span.name);
    const key = `s${kindDigits[span.kind]}${statusDigits[span.status]}${service.length}:${service}${name}`;
    const entry =
      this.entries.at(tenant, key) ??
      this.entries.open({
        tenant,
        key,
        family: spanFamily,
        labels: spanLabels(span, service, name),
        nowMs: this.nowMs,
      });
    if (entry === undefined) return;
    this.add(entry, 0);
    this.add(entry, 1, bytesOf(span));
    entry.timings[0]?.observe(seconds, span, this.nowMs);
  }

  private calls(tenant: string, span: SpanRow, seconds: number): void {
    const { database, peer } = peerOf(span.attributes);
    const side = this.sideOf(tenant, span, seconds, short(peer));
    // Databases send no spans, so there is nothing to wait for.
    if (database !== '' && !side.messaging)
      this.request({ ...ends(side, short(database)), type: 'database' }, side, side);
    else this.pairs.caller(side);
  }

  private answers(tenant: string, span: SpanRow, seconds: number): void {
    const callers = callersOf(span);
    if (callers.length > 0) {
      const side = this.sideOf(tenant, span, seconds, '');
      for (const caller of callers) this.pairs.callee(side, caller);
      return;
    }
    const named = span.attributes.keys.indexOf('peer.service');
    const client = short((named >= 0 && span.attributes.values[named]) || 'user');
    const side = this.sideOf(tenant, span, seconds, '');
    this.request({ client, server: side.service, type: 'virtual_node' }, side, side);
  }

  private met(caller: Side, callee: Side): void {
    const type = caller.messaging || callee.messaging ? 'messaging_system' : '';
    this.request({ client: caller.service, server: callee.service, type }, caller, callee);
  }

  private alone(side: Side, why: EndOfWait): void {
    if (side.peer !== '') this.request({ ...ends(side, side.peer), type: 'virtual_node' }, side, side);
    else this.unpaired(side, why);
  }

  private unpaired(side: Side, why: EndOfWait): void {
    unpairedTotal.inc({ reason: why });
    const name = side.role === 'caller' ? 'client' : 'server';
    const key = `u${name}${side.service}`;
    const entry =
      this.entries.at(side.tenant, key) ??
      this.entries.open({
        tenant: side.tenant,
        key,
        family: unpairedFamily,
        labels: labelsFrom([[name, side.service]]),
        nowMs: this.nowMs,
      });
    if (entry) this.add(entry, why === 'expired' ? 0 : 1);
  }

  /** A request is timed by both sides; where one was not seen, by the other. */
  private request(edge: Edge, caller: Side, callee: Side): void {
    const { client, server, type } = edge;
    const { tenant } = caller;
    const key = `g${type.length}:${type}${client.length}:${client}${server}`;
    const entry =
      this.entries.at(tenant, key) ??
      this.entries.open({ tenant, key, family: graphFamily, labels: edgeLabels(edge), nowMs: this.nowMs });
    if (entry === undefined) return;
    this.add(entry, 0);
    if (caller.failed || callee.failed) this.add(entry, 1);
    entry.timings[0]?.observe(callee.seconds, callee, this.nowMs);
    entry.timings[1]?.observe(caller.seconds, caller, this.nowMs);
  }

  private sideOf(tenant: string, span: SpanRow, seconds: number, peer: string): Side {
    const { traceId, spanId, kind, status } = span;
    return {
      tenant,
      service: short(span.service),
      role: kind === 'client' || kind === 'producer' ? 'caller' : 'callee',
      traceId,
      spanId,
      seconds,
      failed: status === 'error',
      messaging: kind === 'producer' || kind === 'consumer',
      peer,
      arrivedMs: this.nowMs,
    };
  }

  private add(entry: Entry, counter: number, amount = 1): void {
    entry.lastMs = this.nowMs;
    entry.counters[counter] = (entry.counters[counter] ?? 0) + amount;
  }
}

/** One that takes many messages at once links to each; past so many, the rest is not looked for. */
const linkedMax = 128;

/** A consumer links to the producers of what it takes: its parent is whoever waited for messages, or nobody. */
function callersOf({ kind, traceId, parentSpanId, links }: SpanRow): readonly Caller[] {
  if (kind === 'consumer' && links.length > 0) return links.slice(0, linkedMax);
  return parentSpanId === '' ? [] : [{ traceId, spanId: parentSpanId }];
}

interface Edge {
  readonly client: string;
  readonly server: string;
  readonly type: '' | 'virtual_node' | 'messaging_system' | 'database';
}

const ends = ({ service }: Side, server: string) => ({ client: service, server });

const edgeLabels = ({ client, server, type }: Edge): Labels =>
  labelsFrom([
    ['client', client],
    ['server', server],
    ['connection_type', type],
  ]);

function spanLabels({ kind, status }: SpanRow, service: string, name: string): Labels {
  return labelsFrom([
    ['service', service],
    ['service_name', service],
    ['span_name', name],
    ['span_kind', `SPAN_KIND_${kind.toUpperCase()}`],
    ['status_code', `STATUS_CODE_${status.toUpperCase()}`],
  ]);
}

/** Longer names are cut, and count as the same: a label is read by people, and kept in memory. */
const nameCharsMax = 512;
const short = (name: string): string => (name.length <= nameCharsMax ? name : name.slice(0, nameCharsMax));

const kindDigits: Record<SpanKind, number> = {
  unspecified: 0,
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
};
const statusDigits: Record<SpanStatus, number> = { unset: 0, ok: 1, error: 2 };
