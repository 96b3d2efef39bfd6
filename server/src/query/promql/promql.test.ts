import { functions } from '@farol/promql';
import { expect, test } from 'vitest';
import { type Clock, systemClock } from '#kit';
import { isStaleAt, labelsFrom, limits, Refusal, type SeriesColumns, setStaleAt } from '#model';
import type { MetricQuestion } from '#store';
import { createPromql, type Promql, type PromqlDeps } from './index.ts';

const stale = 'stale';

function series(
  labels: Record<string, string>,
  stepMs: number,
  values: readonly (number | typeof stale)[],
): SeriesColumns {
  const column = new Float64Array(values.length);
  const bits = new Uint32Array(column.buffer);
  for (const [i, value] of values.entries()) {
    if (value === stale) setStaleAt(bits, i);
    else column[i] = value;
  }
  return { labels: labelsFrom(Object.entries(labels)), timesMs: column.map((_, i) => i * stepMs), values: column };
}

interface Fixture {
  readonly promql: Promql;
  readonly asked: MetricQuestion[];
}

function promqlOver(columns: readonly SeriesColumns[], deps: Partial<PromqlDeps> = {}): Fixture {
  const asked: MetricQuestion[] = [];
  const select = async (question: MetricQuestion): Promise<SeriesColumns[]> => {
    asked.push(question);
    return [...columns];
  };
  return { asked, promql: createPromql({ select, limits: limits.query, clock: systemClock, ...deps }) };
}

const { signal } = new AbortController();
const instant = (promql: Promql, text: string, timeMs: number) =>
  promql.instant({ tenant: 'main', text, timeMs, signal });
const range = (promql: Promql, text: string, times: { startMs: number; endMs: number; stepMs: number }) =>
  promql.range({ tenant: 'main', text, ...times, signal });

async function refusalOf(promise: Promise<unknown>): Promise<Refusal> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test('a stale marker ends a series at once, told from other NaNs by its bits', async () => {
  const { promql } = promqlOver([series({ __name__: 'm' }, 60_000, [1, Number.NaN, stale])]);
  const { value } = await range(promql, 'm', { startMs: 0, endMs: 180_000, stepMs: 60_000 });
  expect(value).toMatchObject({ kind: 'matrix', series: [{ timesMs: new Float64Array([0, 60_000]) }] });
  if (value.kind !== 'matrix') throw new Error('unreachable');
  const values = value.series[0]?.values ?? new Float64Array();
  expect([...values]).toEqual([1, Number.NaN]);
  expect(isStaleAt(new Uint32Array(values.buffer, values.byteOffset), 1)).toBe(false);
});

test('windows are open to the left', async () => {
  const { promql } = promqlOver([series({ __name__: 'm' }, 60_000, [1, 2, 3])]);
  const counted = await instant(promql, 'count_over_time(m[2m])', 120_000);
  expect(counted.value).toMatchObject({ values: new Float64Array([2]) });
  const gone = await instant(promql, 'm', 120_000 + 300_000);
  expect(gone.value).toMatchObject({ labels: [] });
});

test('each set of matchers is fetched once for all that the query needs of it', async () => {
  const { promql, asked } = promqlOver([series({ __name__: 'm' }, 60_000, [1, 2])]);
  await range(promql, 'm + rate(m[10m] offset 5m) + sum_over_time(m[5m:1m]) + m @ 60', {
    startMs: 600_000,
    endMs: 1_200_000,
    stepMs: 60_000,
  });
  expect(asked.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([[-299_999, 1_200_000]]);
});

test('far apart times of the same matchers are fetched apart', async () => {
  const { promql, asked } = promqlOver([]);
  await instant(promql, 'm - m offset 1w', 1_000_000_000);
  expect(asked).toHaveLength(2);
});

test('an annotation names its place', async () => {
  const { promql } = promqlOver([series({ __name__: 'gauge' }, 60_000, [1, 2, 3])]);
  const { annotations } = await instant(promql, '1 + rate(gauge[5m])', 120_000);
  const text =
    'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "gauge" (1:10)';
  expect(annotations).toEqual({ warnings: [], infos: [{ text, start: 9, end: 18 }] });
});

test('the type that a series tells decides whether it may be no counter, and else its name', async () => {
  const f = async (labels: Record<string, string>, notes: readonly string[]) => {
    const { promql } = promqlOver([series(labels, 60_000, [1, 2, 3])]);
    const { annotations } = await instant(promql, 'rate(m[5m])', 120_000);
    expect(annotations.infos.map(({ text }) => text)).toEqual(notes);
  };
  const name = 'name does not end in _total/_sum/_count/_bucket';
  const type = '__type__ label is not set to "counter" or "histogram"';
  await f({ __name__: 'm' }, [`PromQL info: metric might not be a counter, ${name}: "m" (1:6)`]);
  await f({ __name__: 'm_total' }, []);
  await f({ __name__: 'm', __type__: 'counter' }, []);
  const gauge = `PromQL info: metric might not be a counter, ${type}, got "gauge": "m_total" (1:6)`;
  await f({ __name__: 'm_total', __type__: 'gauge' }, [gauge]);
});

test('what cannot be parsed is a bad request that keeps the positions', async () => {
  const { promql } = promqlOver([]);
  const refusal = await refusalOf(instant(promql, 'sum(', 0));
  expect(refusal).toMatchObject({ code: 'BAD_REQUEST', message: '1:5: parse error: unclosed left parenthesis' });
  expect(refusal.cause).toMatchObject({ errors: [{ start: 4 }] });
  expect(() => promql.parse('{a=~"("}')).toThrow('1:2: parse error: error parsing regexp: missing closing )');
  expect(() => promql.parse('x'.repeat(limits.query.textBytesMax + 1))).toThrow('limits.query.textBytesMax');
  expect(() => promql.parseSelector('{a=~".*"}')).toThrow('match[] must contain at least one non-empty matcher');
});

test('a comparison does not bring back a name that is gone', async () => {
  const { promql } = promqlOver([series({ __name__: 'm_total', job: 'a' }, 60_000, [1, 2, 3, 4])]);
  const f = async (text: string) => {
    const { value } = await instant(promql, text, 180_000);
    expect(value.kind === 'vector' && value.labels, text).toEqual([['job', 'a']]);
  };
  await f('rate(m_total[5m]) < m_total');
  await f('rate(m_total[5m]) < on (job) group_left () m_total');
  await f('m_total * 2 > rate(m_total[5m])');
  await f('rate(m_total[5m]) and m_total');
  await f('rate(m_total[5m]) > 0');
});

test('an answer that is not defined is a failed query', async () => {
  const two = ['a', 'b'].map((x) => series({ __name__: 'm', x }, 60_000, [1]));
  const { promql } = promqlOver(two);
  const many = await refusalOf(instant(promql, 'm + on () m', 0));
  expect(many.code).toBe('QUERY_FAILED');
  expect(many.message).toBe(
    'found duplicate series for the match group {} on the right hand-side of the operation: ' +
      '[{__name__="m", x="a"}, {__name__="m", x="b"}];many-to-many matching not allowed: ' +
      'matching labels must be unique on one side',
  );
  const same = await refusalOf(instant(promql, 'label_replace(m, "x", "", "", "")', 0));
  expect(same.message).toBe('vector cannot contain metrics with the same labelset');
});

test('every function that the parser knows is evaluated', async () => {
  const { promql } = promqlOver([series({ __name__: 'm', le: '1' }, 60_000, [1, 2, 3])], { experimental: true });
  const samples = { none: '', vector: 'm', matrix: 'm[5m]', string: '"a"' };
  for (const { name, argTypes } of functions.values()) {
    const args = argTypes.map((type, index) => (type === 'scalar' ? `0.${index + 1}` : samples[type]));
    if (name === 'info') args[1] = '{a="b"}';
    await expect(instant(promql, `${name}(${args.join(', ')})`, 120_000), name).resolves.toBeDefined();
  }
});

test('extended selectors read as far beyond their windows as the lookback reaches', async () => {
  const { promql, asked } = promqlOver([], { experimental: true });
  const f = async (text: string, startMs: number, endMs: number) => {
    await instant(promql, text, 1_000_000);
    expect(asked.pop()).toMatchObject({ startMs, endMs });
  };
  await f('rate(m[1m])', 940_001, 1_000_000);
  await f('rate(m[1m] anchored)', 640_001, 1_000_000);
  await f('rate(m[1m] smoothed)', 640_001, 1_300_000);
  await f('m smoothed', 700_001, 1_300_000);
  await f('rate(m[1m] anchored offset 1m)', 580_001, 940_000);
});

test('info asks for the info series of the targets it has, when its series looked', async () => {
  const { promql, asked } = promqlOver([series({ __name__: 'm', job: 'a.b' }, 60_000, [1, 2, 3])], {
    experimental: true,
  });
  await instant(promql, 'info(m offset 1m, {zone="x"})', 120_000);
  const job = { name: 'job', kind: '=~', value: 'a\\.b' };
  const rest = [
    { name: 'zone', kind: '=', value: 'x' },
    { name: '__name__', kind: '=', value: 'target_info' },
  ];
  expect(asked.length).toBe(2);
  expect(asked[1]).toMatchObject({ matchers: [job, ...rest], startMs: 60_000 - 299_999, endMs: 60_000 });
});

test('times that make no sense are refused', async () => {
  const { promql } = promqlOver([]);
  const f = async (times: { startMs: number; endMs: number; stepMs: number }, message: string) => {
    expect(await refusalOf(range(promql, 'm', times))).toMatchObject({ code: 'BAD_REQUEST', message });
  };
  await f(
    { startMs: 0, endMs: 0, stepMs: 0 },
    'zero or negative query resolution step widths are not accepted. Try a positive integer',
  );
  await f({ startMs: 1, endMs: 0, stepMs: 1 }, 'end timestamp must not be before start time');
  await f(
    { startMs: 0, endMs: 11_001, stepMs: 1 },
    'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
  );
});

test('a query that holds too many samples is refused, and the store is told the limits', async () => {
  const { promql, asked } = promqlOver([series({ __name__: 'm' }, 1000, Array(50).fill(1))], {
    limits: { ...limits.query, samplesMax: 100, seriesMax: 7 },
  });
  const refusal = await refusalOf(range(promql, 'm', { startMs: 0, endMs: 99_000, stepMs: 1000 }));
  expect(refusal).toMatchObject({ code: 'QUERY_TOO_LARGE' });
  expect(refusal.message).toMatch('limits.query.samplesMax is 100');
  expect(asked[0]).toMatchObject({ samplesMax: 100, seriesMax: 7 });
});

test('a subquery of absurd resolution is refused before its points are made', async () => {
  const { promql } = promqlOver([series({ __name__: 'm' }, 1000, [1])]);
  for (const text of [
    'max_over_time(m[100y:1ms])',
    'max_over_time(vector(1)[100y:1ms])',
    'sum_over_time((m > 0)[1y:1ms])',
  ]) {
    expect((await refusalOf(instant(promql, text, 0))).code).toBe('QUERY_TOO_LARGE');
  }
});

const many = Array.from({ length: 400 }, (_, i) => series({ __name__: 'm', i: `${i}` }, 1000, Array(300).fill(i)));
const slow = { startMs: 0, endMs: 10_000_000, stepMs: 1000 };

test('a long query lets the event loop run', async () => {
  const { promql } = promqlOver(many);
  let turns = 0;
  const turn = setInterval(() => turns++, 1);
  await range(promql, 'sum(quantile_over_time(0.5, m[5m]))', { ...slow, endMs: 1_000_000 });
  clearInterval(turn);
  expect(turns).toBeGreaterThan(2);
});

test('a query ends when its client leaves', async () => {
  const { promql } = promqlOver(many);
  const client = new AbortController();
  const answer = promql.range({
    tenant: 'main',
    text: 'quantile_over_time(0.5, m[5m])',
    ...slow,
    signal: client.signal,
  });
  setTimeout(() => client.abort(), 30);
  expect((await refusalOf(answer)).code).toBe('CANCELLED');
});

test('a query ends when its time is up, while it evaluates and while it waits', async () => {
  const brief = { limits: { ...limits.query, msMax: 40 } };
  const { promql } = promqlOver(many, brief);
  const late = await refusalOf(range(promql, 'quantile_over_time(0.5, m[5m])', slow));
  expect(late).toMatchObject({ code: 'QUERY_TIMEOUT', retry: true });
  const select: PromqlDeps['select'] = ({ signal }) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const waiting = createPromql({ select, clock: systemClock, ...brief });
  expect((await refusalOf(instant(waiting, 'm', 0))).code).toBe('QUERY_TIMEOUT');
});

test('time comes from the clock it is given', async () => {
  let tick = 0;
  const clock: Clock = { ...systemClock, tickMs: () => tick++ };
  const { promql } = promqlOver([], { clock });
  const { stats } = await instant(promql, '1', 0);
  expect(Number.isInteger(stats.totalMs)).toBe(true);
});

test('answers come in the kinds that Prometheus has', async () => {
  const { promql } = promqlOver([series({ __name__: 'm' }, 60_000, [1, 2])]);
  expect((await instant(promql, '1 + 1', 5000)).value).toEqual({ kind: 'scalar', timeMs: 5000, value: 2 });
  expect((await instant(promql, '"text"', 5000)).value).toEqual({ kind: 'string', timeMs: 5000, value: 'text' });
  expect((await instant(promql, 'm[5m]', 60_000)).value).toMatchObject({
    kind: 'matrix',
    series: [{ labels: ['__name__', 'm'], values: new Float64Array([1, 2]) }],
  });
  const refusal = await refusalOf(range(promql, 'm[5m]', { startMs: 0, endMs: 0, stepMs: 1 }));
  expect(refusal.message).toBe(
    'invalid expression type "range vector" for range query, must be Scalar or instant Vector',
  );
});
