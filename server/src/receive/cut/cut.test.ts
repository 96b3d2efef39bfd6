import { expect, test } from 'vitest';
import { createOtlpReceiver } from '../otlp/index.ts';
import { jsonShapes, protobufShapes } from '../otlp/shapes.ts';
import { attribute, double, fixed64, hex, int, message, resourceOf, text } from '../payloads.testing.ts';
import { createSink, imbalance, type SinkOptions, testNowMs } from '../sink.testing.ts';
import { cutJson, cutProtobuf } from './index.ts';

const nowNs = BigInt(testNowMs) * 1_000_000n;
const options = { pieceBytes: 400, itemBytesMax: 4000, itemsMax: 10_000 };

type Signal = 'traces' | 'logs' | 'metrics';

async function rowsOf(signal: Signal, format: 'protobuf' | 'json', bodies: readonly Buffer[], about?: SinkOptions) {
  const sink = createSink(about);
  const receiver = createOtlpReceiver(sink);
  for (const body of bodies) {
    const request = { protocol: 'otlp-http', signal, format, tenant: 'main', body, agent: 'a' } as const;
    await receiver.receive({ ...request, lease: sink.budget.lease() });
  }
  return sink;
}

const linesOf = (sink: ReturnType<typeof createSink>) =>
  sink.batches.flatMap(({ logs = [], spans = [] }) =>
    [...logs, ...spans].map((row) =>
      JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
    ),
  );

const record = (i: number) =>
  message(2, fixed64(1, nowNs), message(5, text(1, `line ${i}`)), attribute(6, 'i', `${i}`));
const span = (i: number) =>
  message(2, hex(1, `${i}`.padStart(32, '1')), hex(2, `${i}`.padStart(16, '1')), fixed64(7, nowNs), fixed64(8, nowNs));
const point = (i: number) => message(1, attribute(7, 'i', `${i}`), fixed64(3, nowNs), double(4, i));
const hundred = <T>(make: (i: number) => T) => Array.from({ length: 100 }, (_, i) => make(i));
const metrics = resourceOf(
  'shop',
  message(2, text(1, 'first'), message(5, ...hundred(point))),
  message(2, text(1, 'second'), message(7, int(2, 2), ...hundred(point), int(3, 1)), text(3, 's')),
);

test('protobuf in pieces makes the same rows as in one, wherever the resource stands', async () => {
  const late = message(
    1,
    message(2, ...hundred(record)),
    message(1, attribute(1, 'service.name', 'late')),
    text(3, 'x'),
  );
  const logs = Buffer.concat([resourceOf('shop', ...hundred(record)), resourceOf('tiny', record(1)), late]);
  for (const [signal, body] of [
    ['logs', logs],
    ['traces', resourceOf('shop', ...hundred(span))],
    ['metrics', metrics],
  ] as const) {
    const pieces = [...cutProtobuf(body, protobufShapes[signal], options)];
    expect(pieces.length).toBeGreaterThan(10);
    expect(Math.max(...pieces.map((piece) => piece.body.length))).toBeLessThan(700);
    const bodies = pieces.map((piece) => piece.body);
    const [whole, cut] = [await rowsOf(signal, 'protobuf', [body]), await rowsOf(signal, 'protobuf', bodies)];
    expect(linesOf(cut)).toEqual(linesOf(whole));
    expect(new Set(cut.sampleLines())).toEqual(new Set(whole.sampleLines()));
  }
});

test('JSON in pieces makes the same rows as in one, whatever its spaces and strings hold', async () => {
  const odd = ['","', '"}]}', '\\', '\\"', '{[', 'ção', '\n', '😀'];
  const logRecords = hundred((i) => ({
    timeUnixNano: `${nowNs}`,
    body: { stringValue: `${odd[i % odd.length]} ${i}` },
    attributes: [{ key: 'n', value: { intValue: i } }],
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'sh"o]p' } }] };
  const logs = { resourceLogs: [{ scopeLogs: [{ logRecords, scope: { name: 'x' } }], resource }, { resource }] };
  const dataPoints = hundred((i) => ({ timeUnixNano: `${nowNs}`, asDouble: i, attributes: logRecords[i]?.attributes }));
  const sums = [
    { name: 'a', gauge: { dataPoints } },
    { name: 'b', sum: { aggregationTemporality: 2, dataPoints } },
  ];
  const bodies = [
    ['logs', logs],
    ['metrics', { resourceMetrics: [{ resource, scopeMetrics: [{ metrics: sums }] }] }],
  ] as const;
  for (const [signal, request] of bodies)
    for (const space of [0, 2, '\t']) {
      const body = Buffer.from(JSON.stringify(request, undefined, space));
      const pieces = [...cutJson(body, jsonShapes[signal], options)].filter((piece) => piece !== undefined);
      expect(pieces.length).toBeGreaterThan(10);
      const parts = pieces.map((piece) => piece.body);
      const [whole, cut] = [await rowsOf(signal, 'json', [body]), await rowsOf(signal, 'json', parts)];
      expect(linesOf(cut)).toEqual(linesOf(whole));
      expect(new Set(cut.sampleLines())).toEqual(new Set(whole.sampleLines()));
    }
});

test('a value that ends where others have their turn is whole', () => {
  const turn = 512 * 1024;
  for (let pad = 0; pad < 12; pad++) {
    const body = Buffer.from(`{"resourceLogs":[{"x":"${'x'.repeat(turn - 40 + pad)}","scopeLogs":[12,34]}]}`);
    const pieces = [...cutJson(body, jsonShapes.logs, { ...options, itemBytesMax: 2 * turn })];
    expect(pieces.filter((piece) => piece !== undefined).map((piece) => piece.body.equals(body))).toEqual([true]);
  }
});

test('what is broken between the items is refused, and what is broken inside them comes to lie in a piece', () => {
  const cut = (text: string) => [...cutJson(Buffer.from(text), jsonShapes.logs, { ...options, pieceBytes: 1 })];
  const around = (list: string) => `{"resourceLogs":[{"scopeLogs":[{"logRecords":${list}}]}]}`;
  expect(() => cut('[]')).toThrow(/must be an object/);
  for (const text of ['[{} {}]', '[{},]', '[{},,{}]', '[,{}]', '[{}', '["a]', '[{}]]'])
    expect(() => cut(around(text)), text).toThrow(/JSON body (cannot be read|ends too early|goes on)/);
  expect(() => cut(`${around('[]')} x`)).toThrow(/goes on after its end/);
  expect(() => cut('{"resourceLogs":[],"resourceLogs":[]}')).toThrow(/resourceLogs twice/);
  expect(() => cut('{resourceLogs:[]}')).toThrow(/expected a field name/);
  const inside = '[{},nonsense,{"a":}]';
  expect(cut(around(inside)).map((piece) => piece?.body.toString())).toEqual([around(inside)]);
  const body = resourceOf('shop', ...hundred(record));
  expect(() => [...cutProtobuf(body.subarray(0, -1), protobufShapes.logs, options)]).toThrow(/ends inside a field/);
});

test('items without end, and resources larger than what they hold, are refused with the limit', () => {
  const empties = resourceOf('shop', Buffer.alloc(40_000, Buffer.from([0x12, 0])));
  expect(() => [...cutProtobuf(empties, protobufShapes.logs, options)]).toThrow(/itemsMax/);
  const huge = resourceOf('x'.repeat(5000), record(1));
  expect(() => [...cutProtobuf(huge, protobufShapes.logs, options)]).toThrow(/itemBytesMax is 4000/);
  const inJson = Buffer.from(`{"resourceLogs":[{"x":"${'x'.repeat(5000)}","scopeLogs":[]}]}`);
  expect(() => [...cutJson(inJson, jsonShapes.logs, options)]).toThrow(/itemBytesMax is 4000/);
});

const large = (count: number) =>
  Buffer.concat([resourceOf('shop', ...Array.from({ length: count }, (_, i) => record(i)))]);

test('a large body is written in portions, each known again when the same body comes twice', async () => {
  const once = await rowsOf('logs', 'protobuf', [large(8_000)]);
  const ids = once.batches.map(({ requestId }) => requestId);
  expect(linesOf(once)).toHaveLength(8_000);
  expect(ids.length).toBeGreaterThan(2);
  expect(new Set(ids).size).toBe(ids.length);
  const twice = await rowsOf('logs', 'protobuf', [large(8_000), large(8_000)]);
  expect(twice.batches.map(({ requestId }) => requestId)).toEqual([...ids, ...ids]);
  expect(imbalance(twice.ledger)).toEqual([]);
});

test('a large body that is broken anywhere is refused whole, delta sums included', async () => {
  const delta = (i: number) =>
    message(1, attribute(7, 'i', `${i % 10}`), fixed64(2, nowNs - 5n), fixed64(3, nowNs), double(4, 1));
  const points = Array.from({ length: 12_000 }, (_, i) => delta(i));
  const broken = message(1, Buffer.from([0x21, 1, 2]));
  const sum = (...items: Buffer[]) =>
    resourceOf('shop', message(2, text(1, 'd'), message(7, ...items, int(2, 1), int(3, 1))));
  const sink = createSink();
  const receiver = createOtlpReceiver(sink);
  const send = (body: Buffer, signal: Signal) =>
    receiver.receive({
      ...({ protocol: 'otlp-http', format: 'protobuf', tenant: 'main', agent: 'a' } as const),
      ...{ signal, body, lease: sink.budget.lease() },
    });
  await expect(send(sum(...points, broken), 'metrics')).rejects.toThrow(/ends inside/);
  await expect(
    send(Buffer.concat([large(9000), resourceOf('x', message(2, Buffer.from([0x09, 1])))]), 'logs'),
  ).rejects.toThrow(/ends/);
  expect(sink.batches).toEqual([]);
  await send(sum(delta(1)), 'metrics');
  expect(sink.sampleLines().findLast((line) => line.startsWith('d_total'))).toContain(' 1 @');
  expect(imbalance(sink.ledger)).toEqual([]);
});

test('in a large body the item that is too large is refused alone; too many are refused together', async () => {
  const body = Buffer.concat([
    large(5000),
    resourceOf('shop', record(1), message(2, message(5, text(1, 'x'.repeat(3_000_000))))),
  ]);
  const sink = await rowsOf('logs', 'protobuf', [body]);
  expect(linesOf(sink)).toHaveLength(5001);
  const [entry] = sink.ledger.entries();
  expect([...(entry?.rejected ?? [])]).toEqual([
    [
      'item_too_large',
      { count: 1, example: expect.stringMatching(/log records is 30000\d\d bytes, limits.*itemBytesMax/) },
    ],
  ]);
  expect(imbalance(sink.ledger)).toEqual([]);
  const empties = resourceOf('shop', Buffer.alloc(40_000, Buffer.from([0x12, 0])));
  const dense = await rowsOf('logs', 'protobuf', [empties]);
  expect(Math.max(...dense.batches.map(({ logs }) => logs?.length ?? 0))).toBeLessThan(5000);
  expect(linesOf(dense)).toHaveLength(20_000);
  const limited = rowsOf('logs', 'protobuf', [empties], { receive: { itemsMax: 10_000 } });
  await expect(limited).rejects.toThrow(/itemsMax/);
});
