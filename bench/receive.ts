/**
 * What a sample, a log record and a span cost from bytes to rows (decoding and normalising only; no network, no store).
 * Run: `node bench/receive.ts`. Prints microseconds per item and items a second, the best of several rounds.
 */

import { snappyDecodeInto, snappyLength } from '../server/src/kit/index.ts';
import { limits } from '../server/src/model/index.ts';
import {
  createMetricTranslator,
  logRowsOf,
  promotedBy,
  spanRowsOf,
  streamRowsOf,
  Tally,
  windowAt,
} from '../server/src/normalise/index.ts';
import { cutJson, cutProtobuf } from '../server/src/receive/cut/index.ts';
import { decodePush } from '../server/src/receive/loki/protobuf.ts';
import {
  decodeLogs,
  decodeLogsJson,
  decodeMetrics,
  decodeTraces,
  decodeTracesJson,
} from '../server/src/receive/otlp/index.ts';
import { jsonShapes, protobufShapes } from '../server/src/receive/otlp/shapes.ts';
import * as wire from '../server/src/receive/payloads.testing.ts';
import { MetadataMemory } from '../server/src/receive/prometheus/metadata.ts';
import { SeriesMetadata } from '../server/src/receive/prometheus/metadata2.ts';
import { scanWriteRequest } from '../server/src/receive/prometheus/scan.ts';
import { scanRequest2 } from '../server/src/receive/prometheus/scan2.ts';
import { SeriesTable } from '../server/src/receive/prometheus/seriestable.ts';
import { SymbolMemory } from '../server/src/receive/prometheus/symbols.ts';

const nowMs = Date.now();
const nowNs = BigInt(nowMs) * 1_000_000n;
const window = windowAt(nowMs, 15 * 86_400_000, limits.receive.futureMsMax);
const context = { tenant: 'main', window, limits: limits.receive, isPromoted: promotedBy(['k8s.*']) };
let interned = 0;
const intern = () => interned++;

function measure(what: string, items: number, once: () => unknown, rounds = 60): void {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    once();
    best = Math.min(best, performance.now() - start);
  }
  const each = `${((best * 1000) / items).toFixed(3)} µs each`;
  const rate = `${Math.round((items / best) * 1000).toLocaleString('en-US')} a second`;
  console.log(`${what.padEnd(46)} ${each}, ${rate} (${items} a request)`);
}

const methods = ['GET', 'POST', 'PUT'];
const seriesLabels = (i: number) => ({
  __name__: `http_server_request_duration_seconds_bucket_${i % 40}`,
  instance: `10.0.${i % 7}.${i % 251}:9100`,
  job: 'appointments-api',
  le: String(i % 13),
  method: methods[i % 3] ?? '',
  path: `/api/v1/appointments/${i % 97}`,
  pod: `appointments-7d9c8b6f5-${i}`,
});

function remoteWrite(): void {
  const count = 2000;
  const body = Buffer.concat(
    Array.from({ length: count }, (_, i) => wire.series(seriesLabels(i), wire.sample(i * 1.5, nowMs))),
  );
  const block = wire.snappy(body);
  const out = new Uint8Array(body.length);
  const table = new SeriesTable({ entriesMax: 500_000, arenaBytesMax: 64 * 1024 * 1024 });
  const deps = { intern, limits: limits.receive, table, metadata: new MetadataMemory(1000) };
  const scan = () =>
    readWhole(scanWriteRequest(out, { tenant: 'main', tenantNumber: 0, window, tally: new Tally() }, deps));
  const decode = () => snappyDecodeInto(out, block, snappyLength(block, 1e9));
  console.log(`remote write body: ${body.length} bytes, ${block.length} in snappy`);
  measure('remote write: snappy, ours', count, decode);
  measure('remote write: snappy, snappyjs', count, () => wire.snappyjs.uncompress(block));
  measure('remote write: scan, known series', count, () => void scan());
  measure('remote write: all', count, () => {
    decode();
    scan();
  });
  measure('remote write: scan, all series new', count, () => {
    table.clear();
    scan();
  });
}

function remoteWrite2(): void {
  const count = 2000;
  const body = remoteWrite2Body(count);
  const metadata = new SeriesMetadata(new MetadataMemory(1000), 1000);
  let memory = new SymbolMemory();
  const about = () => ({ tenant: 'main', tenantNumber: 0, window, tally: new Tally() });
  const scan = () => readWhole(scanRequest2(body, about(), { intern, limits: limits.receive, memory, metadata }));
  const block = wire.snappy(body);
  const out = new Uint8Array(body.length);
  const decode = () => snappyDecodeInto(out, block, snappyLength(block, 1e9));
  console.log(`remote write 2.0 body: ${body.length} bytes, ${block.length} in snappy`);
  measure('remote write 2.0: scan, known series', count, scan);
  measure('remote write 2.0: all', count, () => {
    decode();
    scan();
  });
  measure('remote write 2.0: scan, all series new', count, () => {
    memory = new SymbolMemory();
    scan();
  });
}

/** As Prometheus encodes it: symbols in the order of their first use, metadata with every series. */
function remoteWrite2Body(count: number): Buffer {
  const places = new Map([['', 0]]);
  const place = (text: string) => {
    const known = places.get(text) ?? places.size;
    places.set(text, known);
    return known;
  };
  const series = Array.from({ length: count }, (_, i) => {
    const refs = Object.entries(seriesLabels(i)).flatMap(([name, value]) => [place(name), place(value)]);
    const metadata = wire.message(5, wire.int(1, 3), wire.int(3, place('Duration of requests.')));
    return wire.message(5, wire.packedVarints(1, refs), wire.sample(i * 1.5, nowMs), metadata);
  });
  return Buffer.concat([...[...places.keys()].map((text) => wire.text(4, text)), ...series]);
}

function readWhole(scan: { read(stepsMax: number): boolean }): void {
  while (!scan.read(Number.POSITIVE_INFINITY));
}

const spanAttributes = (i: number) => [
  wire.attribute(9, 'http.request.method', methods[i % 3] ?? ''),
  wire.attribute(9, 'http.route', '/api/v1/appointments/:id'),
  wire.attribute(9, 'url.path', `/api/v1/appointments/${i}`),
  wire.attribute(9, 'server.address', 'appointments.internal'),
  wire.attribute(9, 'network.protocol.version', '1.1'),
  wire.attribute(9, 'user_agent.original', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0'),
  wire.message(9, wire.text(1, 'http.response.status_code'), wire.message(2, wire.int(3, 200))),
  wire.message(9, wire.text(1, 'server.port'), wire.message(2, wire.int(3, 8080))),
];

function traces(): void {
  const count = 512;
  const id = (n: number, length: number) => (n + 1).toString(16).padStart(length, '5');
  const spans = Array.from({ length: count }, (_, i) =>
    wire.message(
      2,
      wire.hex(1, id(i, 32)),
      wire.hex(2, id(i, 16)),
      wire.hex(4, id(i + 1, 16)),
      wire.text(5, 'GET /api/v1/appointments/:id'),
      wire.int(6, 2),
      wire.fixed64(7, nowNs),
      wire.fixed64(8, nowNs + 1_234_567n),
      ...spanAttributes(i),
      wire.message(15, wire.int(3, 1)),
    ),
  );
  const body = wire.resourceOf('appointments', ...spans);
  measure('OTLP spans, protobuf (8 attributes)', count, () => {
    spanRowsOf(decodeTraces(body, 64), context);
  });
  const json = Buffer.from(
    JSON.stringify({
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'appointments' } }] },
          scopeSpans: [
            {
              scope: { name: 'http' },
              spans: Array.from({ length: count }, (_, i) => ({
                traceId: id(i, 32),
                spanId: id(i, 16),
                name: 'GET /api/v1/appointments/:id',
                kind: 2,
                startTimeUnixNano: String(nowNs),
                endTimeUnixNano: String(nowNs + 1_234_567n),
                attributes: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((key) => ({
                  key: `http.${key}`,
                  value: { stringValue: `value of ${key} ${i}` },
                })),
              })),
            },
          ],
        },
      ],
    }),
  );
  measure('OTLP spans, JSON (8 attributes)', count, () => {
    spanRowsOf(decodeTracesJson(json, 64), context);
  });
}

function logs(): void {
  const count = 1000;
  const line = (i: number) =>
    JSON.stringify({
      level: 30,
      time: nowMs,
      pid: 1,
      msg: `appointment ${i} created`,
      context: 'AppointmentsService',
      i,
    });
  const records = Array.from({ length: count }, (_, i) =>
    wire.message(
      2,
      wire.fixed64(1, nowNs),
      wire.int(2, 9),
      wire.text(3, 'INFO'),
      wire.message(5, wire.text(1, line(i))),
      wire.attribute(6, 'context', 'AppointmentsService'),
      wire.attribute(6, 'request.id', `req-${i}`),
      wire.hex(9, '5b8efff798038103d269b633813fc60c'),
      wire.hex(10, 'eee19b7ec3c1b174'),
    ),
  );
  const body = wire.resourceOf('appointments', ...records);
  measure('OTLP logs, protobuf', count, () => {
    logRowsOf(decodeLogs(body, 64), context);
  });
  const json = Buffer.from(
    JSON.stringify({
      resourceLogs: [
        {
          scopeLogs: [
            {
              logRecords: Array.from({ length: count }, (_, i) => ({
                timeUnixNano: String(nowNs),
                severityNumber: 9,
                body: { stringValue: line(i) },
              })),
            },
          ],
        },
      ],
    }),
  );
  measure('OTLP logs, JSON', count, () => {
    logRowsOf(decodeLogsJson(json, 64), context);
  });
  const entries = Array.from({ length: count }, (_, i) =>
    wire.message(2, wire.message(1, wire.int(1, Math.floor(nowMs / 1000)), wire.int(2, 5)), wire.text(2, line(i))),
  );
  const push = wire.message(1, wire.text(1, '{app="appointments", env="prod"}'), ...entries);
  measure('Loki lines, protobuf (level from JSON line)', count, () => {
    streamRowsOf(decodePush(push), context, new Tally());
  });
}

function metrics(): void {
  const count = 1000;
  const point = (i: number) =>
    wire.message(
      1,
      wire.attribute(7, 'http.request.method', methods[i % 3] ?? ''),
      wire.attribute(7, 'http.route', `/api/v1/appointments/${i}`),
      wire.fixed64(2, nowNs - 1_000_000_000n),
      wire.fixed64(3, nowNs),
      wire.fixed64(6, i),
    );
  const sum = wire.message(7, ...Array.from({ length: count }, (_, i) => point(i)), wire.int(2, 2), wire.int(3, 1));
  const counters = wire.resourceOf('appointments', wire.message(2, wire.text(1, 'http.requests'), sum));
  const bounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
  const histogramPoint = (i: number) =>
    wire.message(
      1,
      wire.attribute(9, 'http.route', `/api/v1/appointments/${i}`),
      wire.fixed64(3, nowNs),
      wire.fixed64(4, 15),
      wire.double(5, 3.5),
      wire.packed64(6, new Array(15).fill(1)),
      wire.packedDoubles(7, bounds),
    );
  const histogram = wire.message(9, ...Array.from({ length: count }, (_, i) => histogramPoint(i)), wire.int(2, 2));
  const name = wire.message(2, wire.text(1, 'http.server.request.duration'), wire.text(3, 's'), histogram);
  const histograms = wire.resourceOf('appointments', name);
  const translator = createMetricTranslator({
    intern,
    limits: limits.receive,
    isPromoted: context.isPromoted,
    entriesMax: 200_000,
    deltaSeriesMax: 100_000,
  });
  measure('OTLP counter points, known series', count, () => {
    translator.translate('main', decodeMetrics(counters, 64), window);
  });
  measure('OTLP histogram points (14 bounds, 17 samples)', count, () => {
    translator.translate('main', decodeMetrics(histograms, 64), window);
  });
}

/** A large body at once, and as it is read: in pieces, so that others are served between them. */
function largeBodies(): void {
  const count = 60_000;
  const line = (i: number) => `GET /api/v1/appointments/${i} answered 200 after ${i % 100} ms, and that was all of it`;
  const record = (i: number) => wire.message(2, wire.fixed64(1, nowNs), wire.message(5, wire.text(1, line(i))));
  const body = wire.resourceOf('a', Buffer.concat(Array.from({ length: count }, (_, i) => record(i))));
  const records = Array.from({ length: count }, (_, i) => ({
    timeUnixNano: `${nowNs}`,
    body: { stringValue: line(i) },
  }));
  const json = Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: records }] }] }));
  const options = { ...limits.receive, pieceBytes: 128 * 1024 };
  measure('OTLP logs, protobuf, all at once', count, () => logRowsOf(decodeLogs(body, 64), context), 5);
  measure(
    'OTLP logs, protobuf, in pieces',
    count,
    () => {
      for (const piece of cutProtobuf(body, protobufShapes.logs, options))
        logRowsOf(decodeLogs(piece.body, 64), context);
    },
    5,
  );
  measure('OTLP logs, JSON, all at once', count, () => logRowsOf(decodeLogsJson(json, 64), context), 5);
  measure(
    'OTLP logs, JSON, in pieces',
    count,
    () => {
      for (const piece of cutJson(json, jsonShapes.logs, options))
        if (piece) logRowsOf(decodeLogsJson(piece.body, 64), context);
    },
    5,
  );
}

remoteWrite();
remoteWrite2();
traces();
logs();
metrics();
largeBodies();
