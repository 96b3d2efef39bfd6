import { expect, test } from 'vitest';
import type { Rule, RuleGroup } from '../../data/rules.ts';
import { countOf, firstRules, matching, standingOf } from './standing.ts';

const rule = (name: string, more: Partial<Rule> = {}): Rule => ({
  kind: 'alerting',
  name,
  query: 'up == 0',
  place: 0,
  health: 'ok',
  lastError: '',
  evaluationSeconds: 0,
  labels: { severity: 'page' },
  state: 'inactive',
  forSeconds: 0,
  alerts: [],
  ...more,
});

const groups: RuleGroup[] = [
  {
    name: 'api',
    file: 'a.yml',
    intervalSeconds: 60,
    evaluationSeconds: 0,
    rules: [rule('Down', { state: 'firing' }), rule('Slow')],
  },
  {
    name: 'disk',
    file: 'a.yml',
    intervalSeconds: 60,
    evaluationSeconds: 0,
    rules: [rule('Full', { health: 'err', state: 'firing' })],
  },
];

const namesOf = (found: readonly RuleGroup[]) => found.flatMap(({ rules }) => rules.map(({ name }) => name));

test('a rule that fails is failing, whatever its alerts say, and is found under both', () => {
  expect(standingOf(rule('x', { health: 'err', state: 'firing' }))).toBe('failing');
  expect(namesOf(matching(groups, { standing: 'firing' }))).toEqual(['Down', 'Full']);
  expect(namesOf(matching(groups, { standing: 'failing' }))).toEqual(['Full']);
  expect(countOf(groups, 'firing')).toBe(2);
});

test('every word has to be found in the name, the group, the query, the error or the labels', () => {
  expect(namesOf(matching(groups, { text: 'api page' }))).toEqual(['Down', 'Slow']);
  expect(namesOf(matching(groups, { text: 'FULL' }))).toEqual(['Full']);
  expect(matching(groups, { text: 'nothing' })).toEqual([]);
});

test('what is not shown is counted', () => {
  expect(firstRules(groups, 1)).toMatchObject({ shown: [{ name: 'api', rules: [{ name: 'Down' }] }], left: 2 });
});
