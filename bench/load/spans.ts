/**
 * OTLP traces of ten spans over three services, as a booking makes them: HTTP in, handler, service, three SQL
 * statements, HTTP out, and the callee's side. Fifty traces a request, not compressed.
 */
import { chanceFrom } from './chance.ts';
import { type Attributes, attributes, otlpHeaders, resource, scope } from './otlp.ts';
import type { Body, Source } from './source.ts';
import { type Template, TemplateWriter } from './template.ts';

const tracesPerRequest = 50;
const spansPerTrace = 10;

interface SpanPlan {
  readonly service: number;
  /** Index in the trace; -1 for the root. */
  readonly parent: number;
  readonly name: string;
  readonly kind: 1 | 2 | 3;
  readonly startMs: number;
  readonly lengthMs: number;
  readonly attributes: Attributes;
}

const services = ['gateway', 'appointments', 'notifications'];
const http = { 'http.request.method': 'POST', 'url.scheme': 'http', 'server.address': '10.0.0.3', 'server.port': 8080 };
const db = {
  'db.system.name': 'postgresql',
  'db.namespace': 'appointments',
  'server.address': 'db',
  'server.port': 5432,
};
const sql = (verb: string) => ({
  ...db,
  'db.query.text': `${verb} "public"."appointments" WHERE "id" = $1 AND "tenant" = $2`,
});

const plan: readonly SpanPlan[] = [
  {
    service: 0,
    parent: -1,
    name: 'POST /book',
    kind: 2,
    startMs: 0,
    lengthMs: 120,
    attributes: { ...http, 'http.route': '/book', 'http.response.status_code': 201, 'url.path': '/book' },
  },
  {
    service: 0,
    parent: 0,
    name: 'POST',
    kind: 3,
    startMs: 2,
    lengthMs: 115,
    attributes: { ...http, 'url.full': 'http://10.0.0.3:8080/appointments', 'http.response.status_code': 201 },
  },
  {
    service: 1,
    parent: 1,
    name: 'POST /appointments',
    kind: 2,
    startMs: 3,
    lengthMs: 112,
    attributes: {
      ...http,
      'http.route': '/appointments',
      'http.response.status_code': 201,
      'url.path': '/appointments',
    },
  },
  {
    service: 1,
    parent: 2,
    name: 'AppointmentsController.create',
    kind: 1,
    startMs: 4,
    lengthMs: 110,
    attributes: { 'code.function.name': 'AppointmentsController.create' },
  },
  {
    service: 1,
    parent: 3,
    name: 'AppointmentsService.book',
    kind: 1,
    startMs: 4,
    lengthMs: 109,
    attributes: { 'code.function.name': 'AppointmentsService.book' },
  },
  {
    service: 1,
    parent: 4,
    name: 'pg.query:INSERT appointments',
    kind: 3,
    startMs: 6,
    lengthMs: 4,
    attributes: { ...sql('INSERT INTO'), 'db.operation.name': 'INSERT' },
  },
  {
    service: 1,
    parent: 4,
    name: 'pg.query:SELECT appointments',
    kind: 3,
    startMs: 11,
    lengthMs: 2,
    attributes: { ...sql('SELECT * FROM'), 'db.operation.name': 'SELECT' },
  },
  {
    service: 1,
    parent: 4,
    name: 'POST',
    kind: 3,
    startMs: 15,
    lengthMs: 90,
    attributes: { ...http, 'url.full': 'http://10.0.0.9:8080/notifications', 'http.response.status_code': 202 },
  },
  {
    service: 2,
    parent: 7,
    name: 'POST /notifications',
    kind: 2,
    startMs: 17,
    lengthMs: 86,
    attributes: {
      ...http,
      'http.route': '/notifications',
      'http.response.status_code': 202,
      'url.path': '/notifications',
    },
  },
  {
    service: 1,
    parent: 4,
    name: 'pg.query:UPDATE appointments',
    kind: 3,
    startMs: 107,
    lengthMs: 3,
    attributes: { ...sql('UPDATE'), 'db.operation.name': 'UPDATE' },
  },
];

export interface SpansPlan {
  readonly lanes: number;
  readonly seed: number;
}

export function spansSource({ lanes, seed }: SpansPlan): Source {
  const template = templateOf();
  return {
    path: '/v1/traces',
    headers: otlpHeaders,
    lanes: Array.from({ length: lanes }, (_, lane) => laneOf(template, seed * 1000 + lane)),
  };
}

/** The id of the n-th trace of a lane: known to who asks for it afterwards. */
export function traceIdOf(lane: number, seed: number, trace: number): string {
  const id = Buffer.alloc(16);
  writeTraceId(id, 0, seed * 1000 + lane, trace);
  return id.toString('hex');
}

function laneOf(template: Template, laneSeed: number): () => Body {
  const chance = chanceFrom(laneSeed);
  let trace = 0;
  return () => {
    const bytes = Buffer.from(template.bytes);
    const nowMs = Date.now();
    const first = trace;
    // The services' blocks follow each other, so a trace's spans are spread over the request as they are in life.
    let hole = 0;
    const take = () => template.holes[hole++]?.at ?? 0;
    const paces = Float64Array.from({ length: tracesPerRequest }, () => 0.4 + chance() * 2);
    for (let service = 0; service < services.length; service++) {
      for (let n = 0; n < tracesPerRequest; n++) {
        for (let index = 0; index < spansPerTrace; index++) {
          const span = plan[index];
          if (span?.service !== service) continue;
          writeTraceId(bytes, take(), laneSeed, first + n);
          writeSpanId(bytes, take(), laneSeed, (first + n) * spansPerTrace + index);
          if (span.parent >= 0) writeSpanId(bytes, take(), laneSeed, (first + n) * spansPerTrace + span.parent);
          const pace = paces[n] ?? 1;
          writeTimeNs(bytes, take(), nowMs - 500 + span.startMs * pace);
          writeTimeNs(bytes, take(), nowMs - 500 + (span.startMs + span.lengthMs) * pace);
        }
      }
    }
    trace += tracesPerRequest;
    return { bytes, items: tracesPerRequest * spansPerTrace };
  };
}

function templateOf(): Template {
  const writer = new TemplateWriter();
  services.forEach((service, index) => {
    writer.message(1, (resourceSpans) => {
      resource(resourceSpans, service);
      resourceSpans.message(2, (scopeSpans) => {
        scope(scopeSpans, '@opentelemetry/instrumentation-http');
        for (let trace = 0; trace < tracesPerRequest; trace++) {
          for (const span of plan) if (span.service === index) scopeSpans.message(2, (one) => spanOf(one, span));
        }
      });
    });
  });
  return writer.finish();
}

function spanOf(one: TemplateWriter, span: SpanPlan): void {
  one.raw(Buffer.from([0x0a, 16])).hole(16);
  one.raw(Buffer.from([0x12, 8])).hole(8);
  if (span.parent >= 0) one.raw(Buffer.from([0x22, 8])).hole(8);
  one.text(5, span.name).integer(6, span.kind);
  one.tag(7, 1).hole(8).tag(8, 1).hole(8);
  attributes(one, 9, span.attributes);
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
