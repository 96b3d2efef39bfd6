/** When groups are evaluated, and when not. */
import { expect, test } from 'vitest';
import { registry } from '../../server/src/kit/index.ts';
import { until } from '../kit/until.ts';
import { openRig } from './rig.ts';

async function missedOf(file: string): Promise<number> {
  const metric = await registry.getSingleMetric('farol_rule_group_iterations_missed_total')?.get();
  return metric?.values.find(({ labels }) => labels.rule_group === `${file};g`)?.value ?? 0;
}

const rules = 'groups: [{name: g, rules: [{record: r, expr: vector(time())}]}]';

test('evaluations that were missed are counted, and not made up for', async () => {
  const asked: number[] = [];
  await using rig = await openRig({
    rules,
    instant: (real) => (question) => {
      asked.push(question.timeMs);
      return real(question);
    },
  });
  await rig.at(1);
  // SIGSTOP for a minute, and CONT.
  await rig.clock.sleepThrough(60_000, rig.settled);
  await rig.atMs(rig.clock.nowMs() + 15_000);
  expect(asked.map((timeMs) => (timeMs - rig.startMs) / 15_000)).toEqual([0, 1, 5, 6]);
  expect(await missedOf(rig.file)).toBe(3);
});

test('groups lie at different places of the interval, each always at its own', async () => {
  const many = Array.from({ length: 20 }, (_, i) => `{name: g${i}, rules: [{record: r${i}, expr: vector(1)}]}`);
  const times = new Map<string, number[]>();
  await using rig = await openRig({
    rules: `groups: [${many.join(',')}]`,
    write: (real) => (batch) => {
      for (const timeMs of batch.samples?.timesMs ?? []) {
        const place = timeMs % 15_000;
        times.set(String(place), [...(times.get(String(place)) ?? []), timeMs]);
      }
      return real(batch);
    },
  });
  await rig.at(2);
  expect(times.size).toBeGreaterThan(15);
  for (const list of times.values()) expect(list.length).toBeGreaterThanOrEqual(2);
});

test('a group that hangs holds up no other', async () => {
  await using rig = await openRig({
    rules: 'groups: [{name: g, rules: [{record: r, expr: slow}]}, {name: h, rules: [{record: s, expr: vector(1)}]}]',
    instant: (real) => (question) =>
      question.text === 'slow'
        ? real({ ...question, text: 'vector(1)' }).then(
            () =>
              new Promise((_, reject) => {
                question.signal.addEventListener('abort', () => reject(question.signal.reason), { once: true });
              }),
          )
        : real(question),
    limits: { msMax: 300 },
  });
  await rig.atMs(rig.startMs + 15_000);
  await until(() => rig.groups().every(({ rules: [rule] }) => rule?.health !== 'unknown'), 10_000, 'both groups');
  const [g, h] = rig.groups();
  expect(g?.rules[0]?.lastError).toMatch(/was not evaluated within 300 ms \(limits.rules.msMax\)/);
  expect(h?.rules[0]?.health).toBe('ok');
});
