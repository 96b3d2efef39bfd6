import { expect, test } from 'vitest';
import { makeFormat } from './format.ts';

const en = makeFormat('en-US');
const pt = makeFormat('pt-BR');

test('durations are said with the unit a person would pick', () => {
  const f = (ms: number, text: string) => expect(en.durationMs(ms)).toBe(text);
  f(0, '0 ms');
  f(0.0004, '400 ns');
  f(0.42, '420 µs');
  f(3.24159, '3.24 ms');
  f(128.4, '128 ms');
  f(999.7, '1 s');
  f(1_240, '1.24 s');
  f(63_000, '1 min 3 s');
  f(3_599_900, '60 min');
  f(7_260_000, '2 h 1 min');
  f(90_000_000, '1 d 1 h');
});

test('shares keep one digit where it matters and never claim zero for something', () => {
  const f = (share: number, text: string) => expect(en.share(share)).toBe(text);
  f(0, '0%');
  f(0.0002, '<0.1%');
  f(0.0234, '2.3%');
  f(0.24, '24%');
  f(0.9995, '100%');
  f(0.995, '99.5%');
  f(1, '100%');
});

test('rates slower than one in ten seconds are said per minute or per hour', () => {
  const f = (rate: number, text: string) => expect(en.rate(rate)).toBe(text);
  f(0, '0/s');
  f(0.05, '3/min');
  f(0.001, '3.6/h');
  f(0.148, '8.9/min');
  f(0.4, '24/min');
  f(0.75, '0.75/s');
  f(12.34, '12.3/s');
  f(15_300, '15.3k/s');
});

test('counts, bytes and factors are short', () => {
  expect(en.count(1_234_567)).toBe('1.23M');
  expect(en.count(12)).toBe('12');
  expect(en.bytes(1_536)).toBe('1.5 KiB');
  expect(en.bytes(1_023)).toBe('1 KiB');
  expect(en.times(4.02)).toBe('4×');
  expect(en.times(1.46)).toBe('1.5×');
  expect(en.times(12.6)).toBe('13×');
});

test('Portuguese writes a comma where English writes a point', () => {
  expect(pt.durationMs(1_240)).toBe('1,24 s');
  expect(pt.share(0.0234)).toBe('2,3%');
});

test('the past is told as people tell it', () => {
  expect(en.ago(0, 2_000)).toBe('now');
  expect(en.ago(0, 40_000)).toContain('40 sec');
  expect(pt.ago(0, 7_200_000)).toBe('há 2 h');
});
