import { expect, test } from 'vitest';
import { counter, createLedger, gauge, log, systemClock, work } from '#kit';
import {
  type Labels,
  type LogRow,
  labelValue,
  type MetadataRow,
  Refusal,
  type SampleColumns,
  type SpanRow,
} from '#model';
import { startSelfFeed } from './index.ts';

test('our own metrics, log records and spans arrive, correlated and booked', async () => {
  gauge('farol_test_gauge', 'A gauge of this test.').set(7);
  counter('farol_test_total', 'A counter of this test.', ['kind']).inc({ kind: 'a' }, 3);
  const series: Labels[] = [];
  const written: { samples: SampleColumns[]; logs: LogRow[]; spans: SpanRow[] } = { samples: [], logs: [], spans: [] };
  const metadata: MetadataRow[] = [];
  const ledger = createLedger(() => 0);
  const clock = { ...systemClock, sleep: (_ms: number, signal?: AbortSignal) => systemClock.sleep(5, signal) };
  const feed = startSelfFeed({
    write: async (batch) => {
      if (batch.samples) written.samples.push(batch.samples);
      metadata.push(...(batch.metadata ?? []));
      written.logs.push(...(batch.logs ?? []));
      written.spans.push(...(batch.spans ?? []));
    },
    intern: (_tenant, labels) => series.push(labels) - 1,
    ledger,
    clock,
    version: '1.2.3',
    instance: '127.0.0.1:4320',
  });
  await work('test.work', async (unit) => {
    unit.set({ answer: 42 });
    log.warn({ colour: 'amber' }, 'a record of this test');
  });
  await expect.poll(() => written.spans.length * written.logs.length * written.samples.length).toBeGreaterThan(0);
  await feed[Symbol.asyncDispose]();

  const [record] = written.logs;
  const [span] = written.spans;
  expect(record).toMatchObject({ body: 'a record of this test', level: 'warn', service: 'farol' });
  expect(span).toMatchObject({ name: 'test.work', kind: 'internal', status: 'unset' });
  expect([record?.traceId, record?.spanId]).toEqual([span?.traceId, span?.spanId]);
  expect(span?.attributes).toMatchObject({ keys: ['answer'], values: ['42'], types: ['int'] });

  const [samples] = written.samples;
  const sampleOf = (name: string) => {
    const ref = series.findIndex(
      (labels) => labelValue(labels, '__name__') === name && labelValue(labels, 'job') === 'farol',
    );
    return samples?.values[samples.refs.indexOf(ref)];
  };
  expect([sampleOf('farol_test_gauge'), sampleOf('farol_test_total')]).toEqual([7, 3]);
  expect(metadata).toContainEqual({
    metric: 'farol_test_total',
    type: 'counter',
    unit: '',
    help: 'A counter of this test.',
  });
  for (const entry of ledger.entries()) expect(entry.received).toBe(entry.stored);
});

test('what the store refuses is booked as rejected, and the feed goes on', async () => {
  const ledger = createLedger(() => 0);
  const clock = { ...systemClock, sleep: (_ms: number, signal?: AbortSignal) => systemClock.sleep(5, signal) };
  const write = async () => {
    throw new Refusal('the disk is full', { code: 'STORE_FULL' });
  };
  const feed = startSelfFeed({ write, intern: () => 0, ledger, clock, version: '1', instance: 'x' });
  const rejected = () =>
    ledger
      .entries()
      .find((entry) => entry.signal === 'metrics')
      ?.rejected.get('store_full')?.count ?? 0;
  await expect.poll(rejected).toBeGreaterThan(0);
  const once = rejected();
  await expect.poll(rejected).toBeGreaterThan(once);
  await feed[Symbol.asyncDispose]();
});
