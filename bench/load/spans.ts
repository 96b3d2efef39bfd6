/** OTLP traces, fifty a request, not compressed. */
import { chanceFrom } from './chance.ts';
import { attributes, otlpHeaders, resource, scope } from './otlp.ts';
import type { Body, Source } from './source.ts';
import { type Template, TemplateWriter, varint } from './template.ts';
import { bookings, mixed, type SpanShape, type TraceShape } from './trace-shapes.ts';

export interface SpansPlan {
  readonly lanes: number;
  readonly seed: number;
  /** `bookings` are all alike, ten spans over three services; `mixed` is a day's work. */
  readonly traces?: 'bookings' | 'mixed';
  /** Times rise over this long until now, when it is said how many spans there will be; else all are of now. */
  readonly spread?: { readonly ms: number; readonly spans: number };
}

export function spansSource(plan: SpansPlan): Source {
  const made = templateOf(plan.traces === 'mixed' ? mixed : bookings);
  const beganMs = Date.now();
  let sent = 0;
  const timeMs = () => {
    if (!plan.spread) return Date.now();
    const { ms, spans } = plan.spread;
    sent += made.order.length;
    return beganMs - ms * (1 - sent / spans);
  };
  return {
    path: '/v1/traces',
    headers: otlpHeaders,
    lanes: Array.from({ length: plan.lanes }, (_, lane) => laneOf(made, plan.seed * 1000 + lane, timeMs)),
  };
}

/** The id of the n-th trace of a lane: known to who asks for it afterwards. */
export function traceIdOf(lane: number, seed: number, trace: number): string {
  const id = Buffer.alloc(16);
  writeTraceId(id, 0, seed * 1000 + lane, trace);
  return id.toString('hex');
}

interface Placed {
  /** In the request. */
  readonly trace: number;
  /** In the trace. */
  readonly index: number;
  readonly shape: SpanShape;
}

interface Made {
  readonly template: Template;
  /** The spans as they stand in the request: service by service, so a trace's are spread over it as they are in life. */
  readonly order: readonly Placed[];
  readonly traces: number;
}

/** More than any shape has: span ids count in steps of it. */
const spansPerTraceMax = 64;
const tenantDigits = 5;

function laneOf({ template, order, traces }: Made, laneSeed: number, timeMs: () => number): () => Body {
  const chance = chanceFrom(laneSeed);
  let first = 0;
  return () => {
    const bytes = Buffer.from(template.bytes);
    const nowMs = timeMs();
    let hole = 0;
    const take = () => template.holes[hole++]?.at ?? 0;
    const paces = Float64Array.from({ length: traces }, () => 0.4 + chance() * 2);
    for (const { trace, index, shape } of order) {
      const spanBase = (first + trace) * spansPerTraceMax;
      writeTraceId(bytes, take(), laneSeed, first + trace);
      writeSpanId(bytes, take(), laneSeed, spanBase + index);
      if (shape.parent >= 0) writeSpanId(bytes, take(), laneSeed, spanBase + shape.parent);
      const pace = paces[trace] ?? 1;
      writeTimeNs(bytes, take(), nowMs - 500 + shape.startMs * pace);
      writeTimeNs(bytes, take(), nowMs - 500 + (shape.startMs + shape.lengthMs) * pace);
      if (shape.hasTenant) {
        const at = take();
        for (let n = 0; n < tenantDigits; n++) bytes[at + n] = 48 + Math.floor(chance() * 10);
      }
    }
    first += traces;
    return { bytes, items: order.length };
  };
}

function templateOf(shapes: readonly TraceShape[]): Made {
  const writer = new TemplateWriter();
  const order: Placed[] = [];
  for (const service of new Set(shapes.flat().map((span) => span.service))) {
    writer.message(1, (resourceSpans) => {
      resource(resourceSpans, service);
      resourceSpans.message(2, (scopeSpans) => {
        scope(scopeSpans, '@opentelemetry/instrumentation-http');
        for (const [trace, shapesOfTrace] of shapes.entries()) {
          for (const [index, shape] of shapesOfTrace.entries()) {
            if (shape.service !== service) continue;
            order.push({ trace, index, shape });
            scopeSpans.message(2, (one) => spanOf(one, shape));
          }
        }
      });
    });
  }
  return { template: writer.finish(), order, traces: shapes.length };
}

const statusError = 2;

function spanOf(one: TemplateWriter, span: SpanShape): void {
  one.raw(Buffer.from([0x0a, 16])).hole(16);
  one.raw(Buffer.from([0x12, 8])).hole(8);
  if (span.parent >= 0) one.raw(Buffer.from([0x22, 8])).hole(8);
  one.text(5, span.name).integer(6, span.kind);
  one.tag(7, 1).hole(8).tag(8, 1).hole(8);
  attributes(one, 9, span.attributes);
  if (span.hasTenant) {
    one.message(9, (pair) => {
      pair.text(1, 'tenant.id');
      pair.message(2, (any) =>
        any
          .tag(1, 2)
          .raw(varint(2 + tenantDigits))
          .raw(Buffer.from('t-'))
          .hole(tenantDigits),
      );
    });
  }
  const { error } = span;
  if (error) one.message(15, (status) => status.text(2, error).integer(3, statusError));
}

/** Looks random to the store, as trace ids are, and can be made again to ask for it. Hot. */
export function writeTraceId(into: Buffer, at: number, lane: number, trace: number): void {
  into.writeUInt32BE(Math.imul(trace + 1, 0x9e3779b1) >>> 0, at);
  into.writeUInt32BE(Math.imul(trace + lane + 7, 0x85ebca6b) >>> 0, at + 4);
  into.writeUInt32BE(lane, at + 8);
  into.writeUInt32BE(trace, at + 12);
}

function writeSpanId(into: Buffer, at: number, lane: number, span: number): void {
  into.writeUInt32BE(Math.imul(span + lane + 1, 0xc2b2ae35) >>> 0, at);
  into.writeUInt32BE(span + 1, at + 4);
}

/** Milliseconds with a fraction, as nanoseconds. */
export function writeTimeNs(into: Buffer, at: number, timeMs: number): void {
  const wholeMs = Math.floor(timeMs);
  into.writeBigUInt64LE(BigInt(wholeMs) * 1_000_000n + BigInt(Math.floor((timeMs - wholeMs) * 1e6)), at);
}
