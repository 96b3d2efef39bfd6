import { expect, test } from 'vitest';
import { systemClock } from '#kit';
import { limits } from '#model';
import type { CountQuestion } from './contract.ts';
import type { LogqlQuestion, LogqlValue } from './index.ts';
import { logqlOver, type TestLine } from './lines.testing.ts';

const secondNs = 1_000_000_000n;
const lines: TestLine[] = Array.from({ length: 60 }, (_, i) => ({
  atMs: i * 1000,
  line: `status=${i % 2 === 0 ? 200 : 500} took=${i}ms`,
  stream: { app: 'a', pod: `p${i % 3}` },
}));

function at(text: string, seconds: number, signal = new AbortController().signal): LogqlQuestion {
  return { kind: 'instant', tenant: '', text, timeNs: BigInt(seconds) * secondNs, signal };
}

async function samplesOf(text: string, seconds = 59): Promise<[string, number][]> {
  const { value } = await logqlOver(lines).logql.query(at(text, seconds));
  return value.kind === 'vector' ? value.samples.map(({ labels, value }) => [labels.join(' '), value]) : [];
}

test('a window holds what came after its start, up to its end', async () => {
  expect(await samplesOf('sum(count_over_time({app="a"}[10s]))')).toEqual([['', 10]]);
  expect(await samplesOf('sum(count_over_time({app="a"}[10s] offset 55s))')).toEqual([['', 5]]);
  expect(await samplesOf('sum by (status) (count_over_time({app="a"} | logfmt [10s]))')).toEqual([
    ['status 200', 5],
    ['status 500', 5],
  ]);
});

test('windows of a range are the same whether they overlap, touch or leave gaps', async () => {
  const { logql } = logqlOver(lines);
  for (const [rangeS, stepS] of [
    [10, 3],
    [10, 10],
    [7, 20],
    [21, 20],
    [40, 1],
  ] as const) {
    const text = `sum(count_over_time({app="a"}[${rangeS}s]))`;
    const { signal } = new AbortController();
    const window = { startNs: 5n * secondNs, endNs: 58n * secondNs, stepMs: stepS * 1000 };
    const { value } = await logql.query({ kind: 'range', tenant: '', text, ...window, signal });
    const expected = Array.from({ length: Math.floor(53 / stepS) + 1 }, (_, i) => Math.min(5 + i * stepS + 1, rangeS));
    expect(valuesOf(value)).toEqual(expected);
  }
});

const valuesOf = (value: LogqlValue): readonly number[] =>
  value.kind === 'matrix' ? (value.series[0]?.values ?? []) : [];

test('a pipeline error fails a metric query, in words that say how to go on', async () => {
  const { logql } = logqlOver(lines);
  const broken = logql.query(at('count_over_time({app="a"} | json [10s])', 59));
  await expect(broken).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  await expect(broken).rejects.toThrow(
    /^pipeline error: 'JSONParserErr' for series: '\{__error__="JSONParserErr".*app="a"/,
  );
  expect(await samplesOf('count_over_time({app="a"} | json | __error__="" [10s])')).toEqual([]);
});

test('a sum of counts behind line filters alone is left to a store that counts', async () => {
  const asked: CountQuestion[] = [];
  const count = async (question: CountQuestion) => {
    asked.push(question);
    return [{ labels: ['pod', 'p1'], values: Float64Array.of(6) }];
  };
  const { logql, questions } = logqlOver(lines, { count });
  const { value } = await logql.query(at('sum by (pod) (rate({app="a"} |= "x" [2s] offset 1s))', 9));
  expect(value).toMatchObject({ samples: [{ labels: ['pod', 'p1'], value: 3 }] });
  expect(asked[0]).toMatchObject({
    by: ['pod'],
    measure: 'lines',
    firstEndNs: 8n * secondNs,
    rangeNs: 2n * secondNs,
    steps: 1,
  });
  expect(asked[0]).toMatchObject({ startNs: 6n * secondNs + 1n, endNs: 8n * secondNs + 1n });
  const notCountable = [
    'sum by (pod) (rate({app="a"} | logfmt [2s]))',
    'sum without (pod) (rate({app="a"}[2s]))',
    'rate({app="a"}[2s])',
    'max by (pod) (rate({app="a"}[2s]))',
  ];
  for (const text of notCountable) await logql.query(at(text, 9));
  expect(asked).toHaveLength(1);
  expect(questions).toHaveLength(notCountable.length);
});

test('too many series are refused as Loki refuses them', async () => {
  const { logql } = logqlOver(lines, { limits: { ...limits.query, logSeriesMax: 2 } });
  const many = logql.query(at('count_over_time({app="a"}[1m])', 59));
  await expect(many).rejects.toThrow('maximum number of series (2) reached for a single query');
  const inside = logqlOver(lines, { limits: { ...limits.query, seriesMax: 2 } }).logql;
  await expect(inside.query(at('max(count_over_time({app="a"}[1m]))', 59))).rejects.toThrow('limits.query.seriesMax');
});

test('a query ends when nobody waits for it, and when its time is up', async () => {
  const left = new AbortController();
  left.abort();
  await expect(logqlOver(lines).logql.query(at('rate({app="a"}[1m])', 59, left.signal))).rejects.toMatchObject({
    code: 'CANCELLED',
  });
  let tickMs = 0;
  const clock = { ...systemClock, tickMs: () => (tickMs += 1000) };
  const slow = logqlOver(lines, { clock, limits: { ...limits.query, msMax: 5000 } }).logql;
  await expect(slow.query(at('rate({app="a"}[1m])', 59))).rejects.toMatchObject({ code: 'QUERY_TIMEOUT' });
});

test('what a text asks for is checked before anything is read', async () => {
  const { logql, questions } = logqlOver(lines);
  const { signal } = new AbortController();
  const range = {
    kind: 'range',
    tenant: '',
    text: 'vector(1)',
    startNs: 0n,
    endNs: secondNs,
    stepMs: 0,
    signal,
  } as const;
  await expect(logql.query(range)).rejects.toThrow('zero or negative query resolution step widths are not accepted');
  await expect(logql.query({ ...range, stepMs: 0.01 })).rejects.toThrow('exceeded maximum resolution of 11,000 points');
  await expect(logql.query(at('rate({app="a"}[5m]', 1))).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  expect(() => logql.parse(`{a="${'x'.repeat(200_000)}"}`)).toThrow('limits.query.textBytesMax');
  expect(questions).toEqual([]);
});
