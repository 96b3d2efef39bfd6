/** Recording rules: what they write, when it ends, and what happens when they cannot. */
import { expect, test } from 'vitest';
import { Refusal } from '../../server/src/model/index.ts';
import { until } from '../kit/until.ts';
import { openRig } from './rig.ts';

test('a rule records its answer under its name and labels, and a later rule of the group sees it at once', async () => {
  await using rig = await openRig({
    rules: `
groups:
  - name: g
    labels: {team: a, tier: one}
    rules:
      - record: job:up:sum
        expr: sum by (job) (up)
        labels: {tier: two, job_copy: x}
      - record: job:up:double
        expr: job:up:sum * 2
`,
  });
  await rig.send({ '{__name__="up",job="api",instance="1"}': [1], '{__name__="up",job="api",instance="2"}': [1] });
  await rig.at(0);
  expect(await rig.ask('{__name__=~"job:.*"}')).toEqual([
    '{"__name__":"job:up:double","job":"api","job_copy":"x","team":"a","tier":"one"} => 4',
    '{"__name__":"job:up:sum","job":"api","job_copy":"x","team":"a","tier":"two"} => 2',
  ]);
  expect(rig.groups()[0]?.rules.map(({ health }) => health)).toEqual(['ok', 'ok']);
});

test('a series that a rule makes no more ends at once, and not after the lookback', async () => {
  await using rig = await openRig({
    rules: 'groups: [{name: g, rules: [{record: r, expr: a > 1}]}]',
  });
  await rig.send({ '{__name__="a",x="1"}': [2, 2, 0], '{__name__="a",x="2"}': [2, 2, 2] });
  await rig.at(1);
  expect(await rig.ask('r')).toHaveLength(2);
  await rig.at(2);
  expect(await rig.ask('r')).toEqual(['{"__name__":"r","x":"2"} => 2']);
});

test('a reload ends the series of rules that are gone, and leaves the others alone', async () => {
  const group = (rules: string) => `groups: [{name: g, rules: [${rules}]}]`;
  await using rig = await openRig({ rules: group('{record: r1, expr: a}, {record: r2, expr: a}') });
  await rig.send({ '{__name__="a"}': [1, 1, 1, 1, 1, 1] });
  await rig.at(1);
  await rig.reload(group('{record: r2, expr: a}'));
  await rig.at(2);
  expect(await rig.ask('{__name__=~"r."}')).toEqual(['{"__name__":"r2"} => 1']);
  // A group that is gone ends after two intervals, so that what moved elsewhere has no gap.
  await rig.reload('groups: []');
  await rig.at(5);
  await until(async () => (await rig.ask('{__name__=~"r."}')).length === 0, 10_000, 'the end of the series');
});

test('a bad file leaves the rules as they were, and says where it is bad', async () => {
  await using rig = await openRig({ rules: 'groups: [{name: g, rules: [{record: r, expr: a}]}]' });
  await rig.send({ '{__name__="a"}': [1, 1] });
  await expect(rig.reload('groups:\n  - name: g\n    rules:\n      - record: r\n        expr: sum(\n')).rejects.toThrow(
    /rules\.yml: line 5: .*group "g", rule 1, "r": could not parse expression/,
  );
  await rig.at(1);
  expect(await rig.ask('r')).toEqual(['{"__name__":"r"} => 1']);
});

test('series that become one by the labels of the rule are its error, and nobody else is hurt', async () => {
  await using rig = await openRig({
    rules: 'groups: [{name: g, rules: [{record: r, expr: a, labels: {x: same}}, {record: s, expr: count(a)}]}]',
  });
  await rig.send({ '{__name__="a",x="1"}': [1], '{__name__="a",x="2"}': [1] });
  await rig.at(0);
  const [first, second] = rig.groups()[0]?.rules ?? [];
  expect(first).toMatchObject({
    health: 'err',
    lastError: 'vector contains metrics with the same labelset after applying rule labels',
  });
  expect(second).toMatchObject({ health: 'ok', lastError: '' });
  expect(await rig.ask('{__name__=~"r|s"}')).toEqual(['{"__name__":"s"} => 2']);
});

test('limit and query_offset are kept', async () => {
  await using rig = await openRig({
    rules: `
groups:
  - {name: limited, limit: 1, rules: [{record: r, expr: a}]}
  - {name: late, query_offset: 30s, rules: [{record: s, expr: sum(a)}]}
`,
  });
  await rig.send({ '{__name__="a",x="1"}': [1, 2, 3, 4], '{__name__="a",x="2"}': [1, 2, 3, 4] });
  await rig.at(3);
  const [late, limited] = rig.groups();
  expect(limited?.rules[0]?.lastError).toBe('exceeded limit of 1 with 2 series');
  expect(late?.rules[0]?.health).toBe('ok');
  // What is recorded stands at the time it was asked for.
  const [found] = await rig.ask('timestamp(s)');
  expect(Number(found?.split(' => ')[1])).toBeLessThanOrEqual(rig.clock.nowMs() / 1000 - 30);
});

test('what cannot be stored is the error of the rule, and its series do not count as recorded', async () => {
  let isFull = false;
  await using rig = await openRig({
    rules: 'groups: [{name: g, rules: [{record: r, expr: a}]}]',
    write: (real) => (batch) => {
      if (isFull) throw new Refusal('the disk of the store is full', { code: 'STORE_FULL' });
      return real(batch);
    },
  });
  await rig.send({ '{__name__="a"}': [1, 2, 3] });
  await rig.at(0);
  isFull = true;
  await rig.at(1);
  expect(rig.groups()[0]?.rules[0]).toMatchObject({
    health: 'err',
    lastError: 'what the rule made could not be stored: the disk of the store is full',
  });
  isFull = false;
  await rig.at(2);
  expect(rig.groups()[0]?.rules[0]?.health).toBe('ok');
  expect(await rig.ask('r')).toEqual(['{"__name__":"r"} => 3']);
});

test('native histograms are recorded whole', async () => {
  await using rig = await openRig({ rules: 'groups: [{name: g, rules: [{record: r, expr: sum(h)}]}]' });
  const ref = rig.store.series.intern('main', ['__name__', 'h']);
  const histogram = {
    schema: 0,
    count: 5,
    sum: 18.4,
    zeroThreshold: 0.001,
    zeroCount: 2,
    positiveSpans: [0, 2],
    positiveCounts: [1, 2],
    negativeSpans: [],
    negativeCounts: [],
    customBounds: [],
    resetHint: 'unknown' as const,
  };
  await rig.store.write({ tenant: 'main', histograms: [{ ref, timeMs: rig.startMs, histogram }] });
  await rig.at(0);
  expect(await rig.ask('histogram_count(r)')).toEqual(['{} => 5']);
  expect(await rig.ask('histogram_quantile(1, r)')).toEqual(['{} => 2']);
});
