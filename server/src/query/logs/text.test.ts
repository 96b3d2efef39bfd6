import { expect, test } from 'vitest';
import { parseText, tokensOf } from './text.ts';

test('words, phrases and exclusions are read as typed', () => {
  const f = (query: string, ...terms: string[]) =>
    expect(parseText(query).map((t) => `${t.wanted ? '+' : '-'}${t.text}${t.partial ? '*' : ''}`)).toEqual(terms);
  f('');
  f('   ');
  f('timeout', '+timeout');
  f('connection  timeout', '+connection', '+timeout');
  f('"connection timeout" -health', '+connection timeout', '-health');
  f('-"GET /health" error', '-GET /health', '+error');
  f('"half typed', '+half typed');
  f('"', ...[]);
  f('time*', '+time*');
  f('*', '+*');
  f('a - b', '+a', '+-', '+b');
  f(`'; DROP TABLE logs --`, `+';`, '+DROP', '+TABLE', '+logs', '--');
});

test('more words than can be searched at once is a refusal that says how many', () => {
  expect(() => parseText('a '.repeat(33))).toThrow(/33 words, at most 32/);
});

test('tokens are those of the text index', () => {
  const f = (text: string, ...tokens: string[]) => expect(tokensOf(text)).toEqual(tokens);
  f('user.id=5', 'user', 'id', '5');
  f('Ação não-feita', 'Ação', 'não', 'feita');
  f('a_b', 'a', 'b');
  f('!!');
});
