/** Alerts: their states, their texts, and what no failure may do to them. */
import { expect, test } from 'vitest';
import { Refusal } from '../../server/src/model/index.ts';
import { openRig, pairsOf, type Rig } from './rig.ts';

/** `rule{labels} state` of every alert. */
function alertsOf(rig: Rig): string[] {
  const rules = rig.groups().flatMap((group) => group.rules);
  return rules
    .flatMap((rule) => (rule.kind === 'alerting' ? rule.alerts : []))
    .map(({ labels, state }) => {
      const { alertname, ...rest } = pairsOf(labels);
      return `${alertname}${JSON.stringify(rest)} ${state}`;
    });
}

function ruleOf(rig: Rig) {
  const rule = rig.groups()[0]?.rules[0];
  if (rule?.kind !== 'alerting') throw new Error('the first rule is no alert');
  return rule;
}

test('an alert is pending for as long as it says, fires, and is resolved; all of it is recorded', async () => {
  await using rig = await openRig({
    rules: 'groups: [{name: g, rules: [{alert: A, expr: a > 1, for: 1m, labels: {severity: page}}]}]',
  });
  await rig.send({ '{__name__="a",x="1"}': [2, 2, 2, 2, 2, 0] });
  await rig.at(0);
  expect(alertsOf(rig)).toEqual(['A{"severity":"page","x":"1"} pending']);
  // Two evaluations after a start nothing is recorded yet: there might be something to go on from.
  await rig.at(2);
  expect(await rig.ask('ALERTS')).toEqual([
    '{"__name__":"ALERTS","alertname":"A","alertstate":"pending","severity":"page","x":"1"} => 1',
  ]);
  await rig.at(4);
  expect(ruleOf(rig).state).toBe('firing');
  expect(await rig.ask('ALERTS')).toEqual([
    '{"__name__":"ALERTS","alertname":"A","alertstate":"firing","severity":"page","x":"1"} => 1',
  ]);
  expect(await rig.ask('ALERTS_FOR_STATE')).toEqual([
    `{"__name__":"ALERTS_FOR_STATE","alertname":"A","severity":"page","x":"1"} => ${Math.floor(rig.startMs / 1000)}`,
  ]);
  await rig.at(5);
  expect([alertsOf(rig), await rig.ask('ALERTS'), ruleOf(rig).state]).toEqual([[], [], 'inactive']);
});

test('keep_firing_for holds an alert over a gap', async () => {
  await using rig = await openRig({
    rules: 'groups: [{name: g, rules: [{alert: A, expr: a > 1, keep_firing_for: 30s}]}]',
  });
  await rig.send({ '{__name__="a"}': [2, 0, 0, 0] });
  await rig.at(1);
  expect(ruleOf(rig).alerts[0]).toMatchObject({ state: 'firing', keepFiringSinceMs: rig.startMs + 15_000 });
  await rig.at(2);
  expect(ruleOf(rig).state).toBe('firing');
  await rig.at(3);
  expect(ruleOf(rig).state).toBe('inactive');
});

test('an error resolves nothing; data that is gone does', async () => {
  let isDown = false;
  await using rig = await openRig({
    rules: 'groups: [{name: g, rules: [{alert: A, expr: a > 1}]}]',
    instant: (real) => (question) => {
      if (isDown) throw new Refusal('the store is not reachable', { code: 'STORE_DOWN' });
      return real(question);
    },
  });
  await rig.send({ '{__name__="a"}': [2, 2, 2, 'stale'] });
  await rig.at(0);
  isDown = true;
  await rig.at(1);
  expect(ruleOf(rig)).toMatchObject({ state: 'firing', health: 'err', lastError: 'the store is not reachable' });
  isDown = false;
  await rig.at(2);
  expect(ruleOf(rig)).toMatchObject({ state: 'firing', health: 'ok', lastError: '' });
  expect(ruleOf(rig).alerts[0]?.activeAtMs).toBe(rig.startMs);
  await rig.at(3);
  expect(ruleOf(rig).state).toBe('inactive');
});

test('a text that cannot be made is an annotation; a label that cannot be made is an error', async () => {
  await using rig = await openRig({
    rules: `
groups:
  - name: g
    rules:
      - alert: Text
        expr: a
        annotations: {summary: '{{ .Nothing }}'}
      - alert: Label
        expr: a
        labels: {x: '{{ range $i, $c := 900000 }}{{ range $j, $d := 900000 }}x{{ end }}{{ end }}'}
      - alert: Clash
        expr: b
        labels: {x: same}
`,
  });
  await rig.send({ '{__name__="a"}': [1], '{__name__="b",x="1"}': [1], '{__name__="b",x="2"}': [1] });
  await rig.at(0);
  const [text, label, clash] = rig.groups()[0]?.rules ?? [];
  expect(text).toMatchObject({
    health: 'ok',
    alerts: [{ annotations: ['summary', "<error expanding template: can't evaluate field Nothing>"] }],
  });
  expect(label).toMatchObject({ health: 'err', lastError: expect.stringMatching(/label "x": .*templateStepsMax/) });
  expect(clash).toMatchObject({
    health: 'err',
    lastError: 'vector contains metrics with the same labelset after applying alert labels',
  });
});

test('templates may ask, a bounded number of times', async () => {
  await using rig = await openRig({
    rules: `
groups:
  - name: g
    rules:
      - alert: A
        expr: a == 3
        annotations:
          others: '{{ range query "sort(a)" }}{{ .Labels.x }}={{ .Value }} {{ end }}{{ query "count(a)" | first | value }}'
          many: '{{ range $i, $x := 50 }}{{ query (printf "vector(%d)" $i) | first | value }}{{ end }}'
          broken: '{{ query "sum(" }}'
`,
    limits: { templateQueriesMax: 5 },
  });
  await rig.send({ '{__name__="a",x="1"}': [3], '{__name__="a",x="2"}': [4] });
  await rig.at(0);
  expect(pairsOf(ruleOf(rig).alerts[0]?.annotations ?? [])).toEqual({
    others: '1=3 2=4 2',
    many: '<error expanding template: the template asks more than limits.rules.templateQueriesMax (5) queries>',
    broken: expect.stringContaining('error calling query: 1:5: parse error'),
  });
});

test('after a restart `for` goes on where it stood', async () => {
  await using rig = await openRig({
    rules: 'groups: [{name: g, interval: 1m, rules: [{alert: A, expr: a > 1, for: 30m}]}]',
  });
  await rig.send({ '{__name__="a"}': new Array(500).fill(2) });
  const at = (minute: number) => rig.atMs(rig.startMs + minute * 60_000);
  await at(15);
  await rig.restart();
  // Twenty minutes away; the two evaluations before the restoration do not count.
  await rig.clock.sleepThrough(20 * 60_000, rig.settled);
  await at(36);
  await at(38);
  // It had been pending for 15 minutes and was away for 20 and a bit.
  const heldMs = rig.clock.nowMs() - (ruleOf(rig).alerts[0]?.activeAtMs ?? 0);
  expect(heldMs / 60_000).toBeGreaterThan(15);
  expect(heldMs / 60_000).toBeLessThan(20);
  expect(ruleOf(rig).state).toBe('pending');
  await at(53);
  expect(ruleOf(rig).state).toBe('firing');
});

test('a clock that is set back or forth makes no alert older or younger', async () => {
  await using rig = await openRig({
    rules: 'groups: [{name: g, rules: [{alert: A, expr: vector(1), for: 1m}]}]',
  });
  await rig.at(2);
  rig.clock.setWall(-3_600_000);
  await rig.atMs(rig.clock.nowMs() + 20_000);
  expect(ruleOf(rig).state).toBe('pending');
  await rig.atMs(rig.clock.nowMs() + 30_000);
  expect(ruleOf(rig).state).toBe('firing');
  rig.clock.setWall(7_200_000);
  await rig.atMs(rig.clock.nowMs() + 30_000);
  expect(ruleOf(rig).state).toBe('firing');
});
