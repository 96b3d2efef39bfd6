/** Spans in by OTLP, counters out by PromQL: the same whatever the order, the lateness and the retries of the spans. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Refusal } from '../../server/src/model/index.ts';
import { openRig, type Rig } from './rig.ts';
import { slowCount } from './slowcount.ts';
import { bookings, chanceFrom, type Sent } from './spans.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig[Symbol.asyncDispose]());

// Of what spans weigh the store keeps nothing to compare with; size.test.ts does.
const everything = '{__name__=~"traces_.+",__name__!="traces_spanmetrics_size_total"}';
const requests = (client: string, server: string): string =>
  `traces_service_graph_request_total{client="${client}",connection_type="messaging_system",server="${server}"}`;
/** Longer than any span waits for its other side. */
const settled = 61_000;

async function settle(): Promise<void> {
  rig.clock.forward(settled);
  await rig.spanMetrics().flush();
}

/** Waves of requests: those of a wave are sent at once. */
const orders: Record<string, (spans: Sent[]) => Sent[][][]> = {
  'as they were, a trace a request': (spans) => [groupedBy(spans, (span) => span.traceId)],
  'in reverse, all in one': (spans) => [[[...spans].reverse()]],
  'shuffled, seven a request, each request sent twice': (spans) => {
    const pieces = inPieces(shuffled(spans), 7);
    return [pieces, pieces.slice(0, 10), pieces.flatMap((piece) => [piece, piece])];
  },
  'callees first, callers much later': (spans) => {
    const isCaller = ({ kind }: Sent) => kind === 'client' || kind === 'producer';
    return [[spans.filter((span) => !isCaller(span))], [spans.filter(isCaller)]];
  },
};

test.each(Object.entries(orders))('the counters are those of the stored spans: %s', async (order, wavesOf) => {
  const tenant = `tenant-${Object.keys(orders).indexOf(order)}`;
  const spans = bookings(40, { seed: 7, startMs: rig.clock.nowMs() - 3_600_000 });
  for (const wave of wavesOf(spans)) {
    const statuses = await Promise.all(wave.map((request) => rig.send(request, tenant)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    rig.clock.forward(15_000);
    await rig.spanMetrics().flush();
  }
  await settle();
  const expected = await slowCount(rig.store, tenant);
  const found = await rig.values(everything, tenant);
  expect(found.get(requests('bookings', 'auditor'))).toBe(40);
  expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [series, value] of expected) expect(found.get(series), series).toBeCloseTo(value, 6);
});

test('increase() sees the first calls, and a restart is a reset that loses none', async () => {
  const tenant = 'restarted';
  const one = (n: number) => bookings(1, { seed: 100 + n, startMs: rig.clock.nowMs() });
  const grown = () => rig.values('sum(increase(traces_spanmetrics_calls_total{span_name="POST /book"}[5m]))', tenant);
  await rig.send([...one(1), ...one(2)], tenant);
  await settle();
  expect([...(await grown()).values()][0]).toBeGreaterThan(1.9);
  await rig.send(one(3), tenant);
  await rig.restart();
  rig.clock.forward(1_000);
  await rig.send(one(4), tenant);
  await settle();
  const calls = 'traces_spanmetrics_calls_total{span_name="POST /book"}';
  const resets = await rig.values(`sum by (span_name) (resets(${calls}[5m]))`, tenant);
  expect([...resets.values()][0]).toBeGreaterThanOrEqual(1);
  expect([...(await grown()).values()][0]).toBeGreaterThan(3.8);
  expect([...(await grown()).values()][0]).toBeLessThan(5.5);
});

test('what the store refuses is written at the next flush, and a retry of a refused request is counted once', async () => {
  const tenant = 'refused';
  const spans = bookings(3, { seed: 300, startMs: rig.clock.nowMs() });
  const calls = 'sum(traces_spanmetrics_calls_total)';
  const down = () => {
    throw new Refusal('the store is away', { code: 'STORE_DOWN' });
  };
  rig.refuse = down;
  expect(await rig.send(spans, tenant)).toBe(503);
  rig.refuse = undefined;
  expect(await rig.send(spans, tenant)).toBe(200);
  expect(await rig.send(spans, tenant)).toBe(200);
  rig.refuse = down;
  await settle();
  rig.refuse = undefined;
  expect((await rig.values(calls, tenant)).size).toBe(0);
  rig.clock.forward(15_000);
  await rig.spanMetrics().flush();
  expect([...(await rig.values(calls, tenant)).values()]).toEqual([spans.length]);
});

test('an idle label set goes stale, and begins again at zero', async () => {
  const tenant = 'idle';
  await rig.send(bookings(1, { seed: 400, startMs: rig.clock.nowMs() }), tenant);
  await settle();
  expect((await rig.values(everything, tenant)).size).toBeGreaterThan(0);
  rig.clock.forward(15 * 60_000);
  await rig.spanMetrics().flush();
  expect(await rig.values(everything, tenant)).toEqual(new Map());
  rig.clock.forward(15_000);
  await rig.send(bookings(1, { seed: 401, startMs: rig.clock.nowMs() }), tenant);
  await rig.spanMetrics().flush();
  const calls = await rig.values('sum(traces_spanmetrics_calls_total{span_name="POST /book"})', tenant);
  expect([...calls.values()]).toEqual([1]);
});

test('past the limit of series, spans are counted in one label set that says so', async () => {
  await rig.restart({ seriesMax: 100 });
  const tenant = 'many';
  const spans = bookings(20, { seed: 500, startMs: rig.clock.nowMs() });
  await rig.send(spans, tenant);
  await settle();
  const sums = await rig.values('sum by (metric_overflow) (traces_spanmetrics_calls_total)', tenant);
  expect([...sums.values()].reduce((a, b) => a + b, 0)).toBe(spans.length);
  expect(sums.get('{metric_overflow="true"}')).toBeGreaterThan(0);
  const series = await rig.values('count({__name__=~"traces_.+",metric_overflow=""})', tenant);
  expect([...series.values()][0]).toBeLessThanOrEqual(100);
});

function groupedBy(spans: readonly Sent[], keyOf: (span: Sent) => string): Sent[][] {
  const groups = new Map<string, Sent[]>();
  for (const span of spans) groups.set(keyOf(span), [...(groups.get(keyOf(span)) ?? []), span]);
  return [...groups.values()];
}

function shuffled(spans: readonly Sent[]): Sent[] {
  const chance = chanceFrom(11);
  return spans
    .map((span) => ({ span, at: chance() }))
    .sort((a, b) => a.at - b.at)
    .map(({ span }) => span);
}

function inPieces(spans: readonly Sent[], length: number): Sent[][] {
  const pieces: Sent[][] = [];
  for (let i = 0; i < spans.length; i += length) pieces.push(spans.slice(i, i + length));
  return pieces;
}
