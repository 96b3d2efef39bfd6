/**
 * Where the samples are read from must not show in an answer: memory that knows the whole day, memory whose edge lies
 * within the question, and the tables alone.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { log, systemClock } from '../../server/src/kit/index.ts';
import { labelsFrom, limits, setStaleAt } from '../../server/src/model/index.ts';
import { createPromql, type QueryValue } from '../../server/src/query/promql/index.ts';
import { openStore, type Store } from '../../server/src/store/index.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const lastMs = Math.floor(Date.now() / minuteMs) * minuteMs;
const signal = new AbortController().signal;

const texts = [
  'c_total',
  'rate(c_total[5m])',
  'sum by (g) (increase(c_total[17m]))',
  'irate(c_total[5m])',
  'resets(c_total[1h]) + changes(c_total[1h])',
  'avg_over_time(c_total[10m]) - min_over_time(c_total[10m])',
  'count_over_time(c_total[5m])',
  'timestamp(c_total offset 13m)',
  'last_over_time(c_total[3m])',
  'c_total / ignoring (none) c_total',
  'rate(c_total[5m]) - rate(c_total[5m] offset 2h)',
  'max_over_time(rate(c_total[5m])[1h:3m])',
  'c_total{i=~"1.*"} @ end()',
  'absent_over_time(c_total{i="3"}[2m])',
];

/** The last hours at small steps, a day at large ones (between which most samples are in no window), and single times. */
const questions = texts.flatMap((text) => [
  { text, startMs: lastMs - 9 * hourMs, endMs: lastMs - 7 * hourMs, stepMs: 41_000 },
  { text, startMs: lastMs - 24 * hourMs, endMs: lastMs, stepMs: 31 * minuteMs },
  { text, startMs: lastMs - 23 * hourMs + 7, endMs: lastMs - 1_000, stepMs: 5 * minuteMs },
  { text, startMs: lastMs - 90 * minuteMs, endMs: lastMs, stepMs: 60_000 },
  ...[0, 8 * hourMs, 8 * hourMs + 1, 20 * hourMs].map((ago) => ({ text, startMs: lastMs - ago, endMs: lastMs - ago })),
]);

test('memory, tables and both together give the same answers', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'farol-seam-'));
  try {
    const answers: (readonly string[])[] = [];
    const reaches = [26 * hourMs, 1, 8 * hourMs, anyReachMs(), anyReachMs(), 26 * hourMs];
    for (const recentMs of reaches) {
      const bounds = { ...limits.store, flushMs: 5, smallGroupMs: 5, recentMs };
      await using store = await openStore({
        kind: 'embedded',
        dataDir,
        memoryBytesMax: 1024 ** 3,
        retentionDays: { metrics: 15, logs: 30, traces: 7 },
        limits: { ...limits, store: bounds },
        clock: systemClock,
        log,
      });
      // The head is empty, and so answers at once; after a restart it is filled from the tables.
      await systemClock.sleep(answers.length === 0 ? 100 : 2_000);
      if (answers.length === 0) await fill(store);
      answers.push(await answersOf(store));
    }
    const [memory, ...others] = answers;
    for (const [i, { text, ...times }] of questions.entries()) {
      const asked = `${text} ${JSON.stringify(times)}`;
      for (const [at, other] of others.entries()) {
        expect(other[i], `${asked}, ${reaches[at + 1]} ms in memory`).toBe(memory?.[i]);
      }
    }
    expect(memory?.filter((answer) => answer.length > 200).length).toBeGreaterThan(questions.length / 2);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}, 300_000);

async function answersOf(store: Store): Promise<string[]> {
  const promql = createPromql({
    select: (question) => store.metrics.select(question),
    glance: (question) => store.metrics.glance(question),
    limits: limits.query,
    clock: systemClock,
  });
  const found: string[] = [];
  for (const { text, startMs, endMs, ...step } of questions) {
    const about = { tenant: 'main', text, signal };
    const { value } =
      'stepMs' in step
        ? await promql.range({ ...about, startMs, endMs, stepMs: step.stepMs })
        : await promql.instant({ ...about, timeMs: endMs });
    found.push(inOrder(value));
  }
  return found;
}

/** Bit for bit, whatever the order of the series. */
function inOrder(value: QueryValue): string {
  const text = (numbers: Float64Array): string => Buffer.from(numbers.slice().buffer).toString('hex');
  if (value.kind === 'matrix') {
    return value.series.map((one) => `${one.labels} ${text(one.timesMs)} ${text(one.values)}`).join('\n');
  }
  if (value.kind !== 'vector') return JSON.stringify(value);
  return value.labels
    .map((labels, i) => `${labels} ${text(value.values.subarray(i, i + 1))}`)
    .sort()
    .join('\n');
}

/** A day of uneven samples with gaps, restarts, fractions, NaN and stale markers; some come late, some are written twice. */
async function fill(store: Store): Promise<void> {
  const next = randomFrom(7);
  const any = (below: number): number => Math.floor(next() * below);
  const late: [number, number, number][] = [];
  const series = Array.from({ length: 24 }, (_, i) =>
    labelsFrom([
      ['__name__', 'c_total'],
      ['g', String(i % 4)],
      ['i', String(i)],
    ]),
  );
  const refs = series.map((labels) => store.series.intern('main', labels));
  const values = refs.map((_, i) => i);
  let rows: [number, number, number][] = [];
  for (let timeMs = lastMs - 26 * hourMs + 5 * minuteMs; timeMs <= lastMs; timeMs += 30_000) {
    for (const [i, ref] of refs.entries()) {
      if (any(200) === 0) values[i] = 0;
      values[i] = (values[i] as number) + (i % 3 === 0 ? next() : any(50));
      // A third is regular, as most series are: of these a question about far windows reads little.
      const isSilent = i % 3 !== 1 && Math.floor(timeMs / (40 * minuteMs)) % 7 === i % 7;
      if (isSilent || any(50) === 0) continue;
      const value = any(300) === 0 ? Number.NaN : (values[i] as number);
      const row: [number, number, number] = [ref, timeMs + any(2_000), value];
      if (any(60) === 0) late.push(row);
      else rows.push(row);
      if (any(90) === 0) rows.push([ref, row[1], value + 1]);
    }
    if (rows.length < 8_000 && timeMs < lastMs) continue;
    await write(store, rows, any);
    rows = [];
  }
  for (let at = 0; at < late.length; at += 200) await write(store, late.slice(at, at + 200), any);
}

async function write(store: Store, rows: [number, number, number][], any: (below: number) => number): Promise<void> {
  const values = Float64Array.from(rows, (row) => row[2]);
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < rows.length; i++) if (any(150) === 0) setStaleAt(bits, i);
  const [refs, timesMs] = [Int32Array.from(rows, (row) => row[0]), Float64Array.from(rows, (row) => row[1])];
  await store.write({ tenant: 'main', samples: { count: rows.length, refs, timesMs, values } });
}

/** Another place for the seam each time; a failure names it. */
function anyReachMs(): number {
  return Math.floor(Math.random() * 23 * hourMs) + hourMs;
}

function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x80000000;
  };
}
