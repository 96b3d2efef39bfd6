import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askingAs, log, systemClock } from '#kit';
import { labelsFrom, limits } from '#model';
import type { Store } from './contract.ts';
import { openStore } from './open.ts';
import { sql, text, texts } from './sql.ts';
import { openTempStore, type TempFolder, tempFolder } from './temp-store.ts';
import { hostile, logRow, named, nowMs, nowNs, question, samplesOf, signal, spanRow } from './test-rows.ts';

describe('one store', () => {
  let folder: TempFolder;
  let store: Store;
  beforeAll(async () => {
    folder = tempFolder();
    store = await openTempStore(folder);
  }, 30_000);
  afterAll(async () => {
    await store[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  test('hostile words come back literally, from every kind of row', async () => {
    const labels = hostile.map((word) =>
      labelsFrom([
        ['__name__', word],
        ['label', word],
        [word, word],
      ]),
    );
    await store.write({
      ...samplesOf(
        store,
        labels.map((own) => [own, nowMs, 1]),
      ),
      logs: hostile.map((word) => logRow({ body: word, service: word, attributes: { keys: [word], values: [word] } })),
      spans: hostile.map((word) => spanRow({ name: word, attributes: { keys: [word], values: [word] } })),
      metadata: hostile.map((word) => ({ metric: word, type: 'gauge', unit: word, help: word })),
      exemplars: labels.map((own) => ({
        ref: store.series.intern('main', own),
        timeMs: nowMs,
        value: 1,
        traceId: '',
        spanId: '',
        labels: own,
      })),
    });
    for (const [i, word] of hostile.entries()) {
      expect((await store.metrics.select(question(named(word)))).map((series) => series.labels)).toEqual([labels[i]]);
      expect((await store.metrics.exemplars(question(named(word))))[0]?.exemplars[0]?.labels).toEqual(labels[i]);
      expect(await store.metrics.metadata({ tenant: 'main', metric: word, limit: 0, signal })).toEqual([
        { metric: word, type: 'gauge', unit: word, help: word },
      ]);
      const logs = await store.ask(
        sql`SELECT body, service, mapKeys(attributes) AS keys, mapValues(attributes) AS values FROM logs WHERE body = ${text(word)}`,
        { signal },
      );
      expect(logs).toEqual([{ body: word, service: word, keys: [word], values: [word] }]);
      const spans = await store.ask(sql`SELECT mapKeys(attributes) AS keys FROM spans WHERE name IN ${texts([word])}`, {
        signal,
      });
      expect(spans).toEqual([{ keys: [word] }]);
    }
  });

  test('a span and a log line come back whole', async () => {
    await store.write({
      tenant: 'main',
      logs: [logRow({ body: 'whole', droppedAttributes: 4 })],
      spans: [spanRow({ name: 'whole' })],
    });
    const [line] = await store.ask<Record<string, unknown>>(
      sql`SELECT *, toUnixTimestamp64Nano(time) AS ns FROM logs WHERE body = 'whole'`,
      { signal },
    );
    expect(line).toMatchObject({
      ns: String(nowNs + 7n),
      level: 'info',
      stream: { service_name: 'shop' },
      resource: { 'service.name': 'shop', n: '7' },
      resource_types: { n: 'int' },
      resource_schema: 'https://schema',
      resource_dropped: 2,
      scope_name: 'scope',
      dropped: 4,
      request: '0',
    });
    const [span] = await store.ask<Record<string, unknown>>(sql`SELECT * FROM spans WHERE name = 'whole'`, { signal });
    expect(span).toMatchObject({
      kind: 'server',
      status: 'error',
      duration_ns: '1500',
      flags: 257,
      dropped: [0, 3, 0],
    });
    expect(JSON.parse(String(span?.events))).toEqual([
      {
        timeUnixNano: String(nowNs),
        name: 'exception "x"',
        attributes: [
          { key: 'ratio', value: { doubleValue: 1.5 } },
          { key: 'list', value: { arrayValue: { values: [] } } },
        ],
        droppedAttributesCount: 1,
      },
    ]);
    expect(JSON.parse(String(span?.links))).toEqual([{ traceId: 'e'.repeat(32), spanId: 'f'.repeat(16), flags: 1 }]);
  });

  test('native histograms come back with their series', async () => {
    const histogram = {
      schema: -53,
      count: 5,
      sum: -1.5,
      zeroThreshold: 0.001,
      zeroCount: 1,
      positiveSpans: [-1, 2],
      positiveCounts: [1, 3],
      negativeSpans: [],
      negativeCounts: [],
      customBounds: [0.5, 1],
      resetHint: 'gauge' as const,
    };
    const ref = store.series.intern('main', labelsFrom([['__name__', 'native']]));
    const samples = [nowMs, nowMs - 1000, nowMs].map((timeMs) => ({ timeMs, histogram }));
    await store.write({ tenant: 'main', histograms: samples.map((sample) => ({ ref, ...sample })) });
    const [series] = await store.metrics.select(question(named('native')));
    expect(series?.histograms).toEqual([samples[1], samples[0]]);
    const always = { ...named('native'), startMs: -9.2e15, endMs: 9.2e15 };
    expect(await store.metrics.select(question(always))).toHaveLength(1);
  });

  test('a request that was written is not written again, even while the first is under way', async () => {
    const batch = {
      tenant: 'main',
      logs: [logRow({ body: 'once' })],
      spans: [spanRow({ name: 'once' })],
      requestId: '00112233445566ff',
    };
    const receipts = await Promise.all([
      store.write(batch),
      store.write(batch),
      store.write({ ...batch, tenant: 'other' }),
    ]);
    expect(receipts.map((receipt) => receipt.duplicateRows)).toEqual([0, 2, 0]);
    expect(await store.write(batch)).toEqual({ duplicateRows: 2 });
  });

  test('labels are found by time and matchers, sorted and limited', async () => {
    const old = labelsFrom([
      ['__name__', 'aged'],
      ['age', 'old'],
    ]);
    const young = labelsFrom([
      ['__name__', 'aged'],
      ['age', 'young'],
    ]);
    await store.write(
      samplesOf(store, [
        [old, nowMs - 5 * 86_400_000, 1],
        [young, nowMs, 1],
      ]),
    );
    const ask = { tenant: 'main', matcherSets: [named('aged').matchers], startMs: 0, endMs: nowMs, limit: 0, signal };
    expect(await store.metrics.labelValues('age', ask)).toEqual(['old', 'young']);
    expect(await store.metrics.labelValues('age', { ...ask, limit: 1 })).toEqual(['old']);
    expect(await store.metrics.labelValues('age', { ...ask, startMs: nowMs - 86_400_000 })).toEqual(['young']);
    expect(await store.metrics.labelNames(ask)).toEqual(['__name__', 'age']);
    expect(await store.metrics.seriesOf({ ...ask, startMs: nowMs })).toEqual([young]);
  });

  test('refusals: too many samples, a bad pattern, a table that is not ours, a cancelled and a failing question', async () => {
    const labels = labelsFrom([['__name__', 'many']]);
    // What memory holds already costs a question nothing until it is evaluated; older samples are fetched for it.
    const endMs = nowMs - 2 * 86_400_000;
    await store.write(
      samplesOf(
        store,
        Array.from({ length: 20 }, (_, i) => [labels, endMs - i * 1000, i] as const),
      ),
    );
    const older = { ...named('many'), startMs: endMs - 60_000, endMs };
    expect(await store.metrics.select(question({ ...older, samplesMax: 20 }))).toHaveLength(1);
    await expect(store.metrics.select(question({ ...older, samplesMax: 19 }))).rejects.toMatchObject({
      code: 'QUERY_TOO_LARGE',
    });
    const bad = { matchers: [{ name: 'a', kind: '=~' as const, value: '(' }] };
    await expect(store.metrics.select(question(bad))).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await expect(store.ask(sql`SELECT * FROM system.parts`, { signal })).rejects.toMatchObject({
      code: 'QUERY_FAILED',
    });
    await expect(
      store.ask(sql`SELECT count() FROM numbers(100000000000) WHERE sipHash64(number) = 1`, {
        signal: AbortSignal.timeout(50),
      }),
    ).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    await expect(store.ask(sql`SELECT throwIf(number = 3) FROM numbers(10)`, { signal })).rejects.toMatchObject({
      code: 'QUERY_FAILED',
    });
    const tooBig = { tenant: 'main', signal };
    await expect(
      store.ask(sql`SELECT groupArray(repeat('x', 1000)) AS a FROM numbers(1000000)`, tooBig),
    ).rejects.toMatchObject({ code: 'QUERY_TOO_LARGE' });
  }, 30_000);

  test('a long answer is streamed block by block, and may be left', async () => {
    let rows = 0;
    for await (const block of store.stream<{ n: string }>(sql`SELECT number AS n FROM numbers(300000)`, { signal }))
      rows += block.length;
    expect(rows).toBe(300_000);
    for await (const block of store.stream<{ n: string }>(sql`SELECT number AS n FROM numbers(100000000)`, {
      signal,
    })) {
      expect(block[0]?.n).toBe('0');
      break;
    }
  });

  test('rules are answered while others keep every other reader busy', async () => {
    const stop = new AbortController();
    const endless = sql`SELECT sum(sipHash64(number)) AS n FROM numbers(1000000000000)`;
    let ended = 0;
    const busy = Array.from({ length: 12 }, () =>
      askingAs('loki', () => store.ask(endless, { signal: stop.signal })).catch(() => ended++),
    );
    expect(await askingAs('rules', () => store.ask(sql`SELECT 1 AS one`, { signal }))).toEqual([{ one: 1 }]);
    expect(ended).toBe(0);
    stop.abort();
    await Promise.all(busy);
  });

  test('sizes are what the tables say', async () => {
    const sizes = await store.sizes(signal);
    expect(sizes.map(({ signal: name, retentionDays }) => [name, retentionDays])).toEqual([
      ['metrics', 15],
      ['logs', 30],
      ['traces', 7],
    ]);
    for (const { rows, bytesOnDisk, oldestMs, newestMs } of sizes) {
      expect(rows).toBeGreaterThan(0);
      expect(bytesOnDisk).toBeGreaterThan(0);
      expect(newestMs).toBeGreaterThanOrEqual(oldestMs ?? 0);
    }
  });
});

test('an address that is none is refused with the flag’s name', async () => {
  const options = {
    kind: 'clickhouse' as const,
    url: 'nonsense',
    retentionDays: { metrics: 1, logs: 1, traces: 1 },
    limits,
    clock: systemClock,
    log,
  };
  await expect(openStore(options)).rejects.toThrow(/--store must be/);
});
