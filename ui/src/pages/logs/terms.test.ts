import { expect, test } from 'vitest';
import { pieces, termsOf } from './terms.ts';

test('words and phrases are marked, exclusions are not', () => {
  const f = (text: string, terms: string[]) => expect(termsOf(text)).toEqual(terms);
  f('timeout "pool exhausted" -retry', ['timeout', 'pool exhausted']);
  f('appoint*', ['appoint']);
  f('-"not this" that', ['that']);
  f('"open', []);
  f('', []);
});

test('marking cuts the line without losing a letter', () => {
  const line = 'Pool exhausted: pool size 10';
  const cut = pieces(line, ['pool', 'pool exhausted']);
  expect(cut.map(({ text }) => text).join('')).toBe(line);
  expect(cut.filter(({ marked }) => marked).map(({ text }) => text)).toEqual(['Pool exhausted', 'pool']);
});
