import { expect, test } from 'vitest';
import { plainText, sampleText, secondsText } from './float.ts';

test('sample values read as Prometheus prints them', () => {
  const f = (value: number, text: string) => expect(sampleText(value)).toBe(text);
  f(0, '0');
  f(-0, '-0');
  f(1, '1');
  f(0.1, '0.1');
  f(1e20, '100000000000000000000');
  f(1e21, '1e+21');
  f(1.5e300, '1.5e+300');
  f(0.000001, '0.000001');
  f(9.5e-7, '9.5e-07');
  f(1e-100, '1e-100');
  f(5e-324, '5e-324');
  f(1.7976931348623157e308, '1.7976931348623157e+308');
  f(123456789.123, '123456789.123');
  f(-1.25e-9, '-1.25e-09');
  f(Number.NaN, 'NaN');
  f(Number.POSITIVE_INFINITY, '+Inf');
  f(Number.NEGATIVE_INFINITY, '-Inf');
});

test('scalars never have an exponent', () => {
  const f = (value: number, text: string) => expect(plainText(value)).toBe(text);
  f(1e21, '1000000000000000000000');
  f(1.2345e25, '12345000000000000000000000');
  f(-1.5e-7, '-0.00000015');
  f(1e-7, '0.0000001');
  f(0.5, '0.5');
  f(-0, '-0');
  f(Number.POSITIVE_INFINITY, '+Inf');
});

test('times are seconds with up to three decimals', () => {
  expect(secondsText(1_435_781_451_781)).toBe('1435781451.781');
  expect(secondsText(4000)).toBe('4');
  expect(secondsText(-1)).toBe('-0.001');
  expect(secondsText(0)).toBe('0');
});
