import { expect, test } from 'vitest';
import { formatG, parseFloatText } from './goformat.ts';

test('numbers are printed as Go prints them', () => {
  const f = (value: number, text: string) => expect(formatG(value)).toBe(text);
  f(1, '1');
  f(-0.5, '-0.5');
  f(1e6, '1e+06');
  f(123456789, '1.23456789e+08');
  f(1e-5, '1e-05');
  f(Number.NaN, 'NaN');
  f(Number.NEGATIVE_INFINITY, '-Inf');
  expect(formatG(1234.5, 2)).toBe('1.2e+03');
  expect(formatG(3, 2)).toBe('3');
});

test('label values that are numbers are read as Go reads them', () => {
  const f = (text: string, value: number | undefined) => expect(parseFloatText(text)).toBe(value);
  f('+Inf', Number.POSITIVE_INFINITY);
  f('-inf', Number.NEGATIVE_INFINITY);
  f('1e3', 1000);
  f('.5', 0.5);
  f('', undefined);
  f('abc', undefined);
});
