import { parseExpr } from '@farol/promql';
import { expect, test } from 'vitest';
import { Refusal } from '#model';
import { readRuleFile } from './index.ts';

function parse(text: string) {
  try {
    return parseExpr(text, {
      experimental: false,
      depthMax: 100,
      patterns: { problemOf: () => undefined, matchesEmpty: () => false },
    });
  } catch (cause) {
    throw new Refusal((cause as Error).message, { code: 'BAD_REQUEST', cause });
  }
}

const read = (text: string, rulesMax = 100) =>
  readRuleFile(text, 'r.yml', { parse, intervalMs: 60_000, queryOffsetMs: 0, rulesMax });

const rule = (fields: string) => read(`groups:\n  - name: g\n    rules:\n      - { ${fields} }\n`);

test('a group says how its rules are evaluated, and what its rules do not say', () => {
  const { groups } = read(`
groups:
  - name: a
    interval: 1m30s
    query_offset: 0s
    limit: 7
    labels: {team: x, tier: one}
    rules:
      - record: "r:x"
        expr: sum( a ) by (b)
        labels: {tier: two}
      - alert: A
        expr: a > 1
        for: 5m
        keep_firing_for: 1h
        annotations: {summary: 'plain', other: '{{ $value }}'}
  - name: b
`);
  expect(groups[0]).toMatchObject({ name: 'a', file: 'r.yml', intervalMs: 90_000, limit: 7 });
  expect(groups[0]?.rules[0]).toMatchObject({
    kind: 'recording',
    name: 'r:x',
    query: 'sum by (b) (a)',
    labels: ['team', 'x', 'tier', 'two'],
  });
  expect(groups[0]?.rules[1]).toMatchObject({
    kind: 'alerting',
    forMs: 300_000,
    keepFiringForMs: 3_600_000,
    labels: ['team', 'x', 'tier', 'one'],
  });
  expect(groups[1]).toMatchObject({ name: 'b', intervalMs: 60_000, rules: [] });
});

test('what is wrong is said with its line, its group and its rule', () => {
  const f = (fields: string, problem: string | RegExp) => expect(() => rule(fields), fields).toThrow(problem);
  f('record: r, expr: "sum("', /^r\.yml: line 4: .*group "g", rule 1, "r": could not parse expression: /);
  f('record: r, alert: A, expr: a', "only one of 'record' and 'alert' must be set");
  f('expr: a', "one of 'record' or 'alert' must be set");
  f('record: r', "field 'expr' must be set in rule");
  f('record: r, expr: a, for: 1m', "invalid field 'for' in recording rule");
  f('record: r, expr: a, keep_firing_for: 1m', "invalid field 'keep_firing_for' in recording rule");
  f('record: r, expr: a, annotations: {a: b}', "invalid field 'annotations' in recording rule");
  f('record: "r{a=1}", expr: a', 'braces present in the recording rule name; should it be in expr?: r{a=1}');
  f('alert: A, expr: a, labels: {__name__: x}', 'invalid label name: __name__');
  f('alert: A, expr: a, labels: {x: "{{ .x"}', /label "x": template: __alert_A:1: unclosed action/);
  f('alert: A, expr: a, annotations: {x: "{{ $label.x }}"}', /annotation "x": .*undefined variable "\$label"/);
  f('alert: A, expr: a, for: 5', 'not a valid duration string: "5"');
  f('alert: A, expr: a, ownership: x', 'groups[0].rules[0].ownership: field ownership is not known here');
  expect(() => read('groups: [{name: a}, {name: a}]')).toThrow('groupname: "a" is repeated in the same file');
  expect(() => read('groups: [{rules: []}]')).toThrow('Groupname must not be empty');
  expect(() => read('groups: [{name: a, rules: [{record: r, expr: a}]}]', 0)).toThrow('limits.rules.rulesMax');
});

test('hostile YAML is refused, or harmless', () => {
  const f = (text: string, problem: string | RegExp) => expect(() => read(text)).toThrow(problem);
  const laughs = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`).join('\n');
  f(`a0: &a0 [x, x]\n${laughs}\ngroups: *a30`, 'field a0 is not known here');
  f(`groups: &g [{name: x, rules: &r [${'*r,'.repeat(9)}]}]`, /expected a map/);
  f('groups: [{name: !!js/function "x", rules: []}]', /tag/);
  f('groups: []\ngroups: []', 'Map keys must be unique');
  f('groups: {', /r\.yml: /);
  // A country, an octal and a boolean are texts, wherever a text is wanted.
  expect(rule('alert: NO, expr: a, labels: {a: no, b: 0o7, c: 1.10}').groups[0]?.rules[0]).toMatchObject({
    name: 'NO',
    labels: ['a', 'no', 'b', '0o7', 'c', '1.10'],
  });
});

test('of several documents the first is read, and that is said', () => {
  const { groups, notes } = read('groups: [{name: a}]\n---\ngroups: []\n');
  expect([groups.length, notes]).toEqual([1, ['only the first YAML document of a rule file is read']]);
});
