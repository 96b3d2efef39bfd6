import { expect, test } from 'vitest';
import { bestMatches, scoreOf, traceIdOf } from './match.ts';

test('the start of a word beats its middle, and letters in order still count', () => {
  const found = bestMatches(['notifications', 'appointments-api', 'api'], 'api', (name) => name);
  expect(found).toEqual(['api', 'appointments-api']);
  expect(scoreOf('appointments', 'apts')).toBeGreaterThan(0);
  expect(scoreOf('appointments', 'xyz')).toBe(0);
});

test('accents do not matter', () => {
  expect(scoreOf('Situação', 'situacao')).toBe(1);
});

test('a trace id is 32 hexadecimal digits, not all zero', () => {
  const f = (text: string, id: string | undefined) => expect(traceIdOf(text)).toBe(id);
  f('0AF7651916CD43DD8448EB211C80319C', '0af7651916cd43dd8448eb211c80319c');
  f('0'.repeat(32), undefined);
  f('0af7', undefined);
});
