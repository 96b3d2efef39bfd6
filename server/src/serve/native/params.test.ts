import { expect, test } from 'vitest';
import { attributeParam, idParam, numberParam, rangeParam, textsParam, wholeParam, wordParam } from './params.ts';

const params = (query: string) => new URLSearchParams(query);

test('the range is the last hour unless it is said, and its start lies before its end', () => {
  expect(rangeParam(params(''), 7_200_000)).toEqual({ startMs: 3_600_000, endMs: 7_200_000 });
  expect(rangeParam(params('start=10.5&end=20'), 0)).toEqual({ startMs: 10.5, endMs: 20 });
  const refused = (query: string, words: RegExp) => expect(() => rangeParam(params(query), 5)).toThrow(words);
  refused('start=20&end=10', /start \(20\) must lie before end \(10\)/);
  refused('start=10&end=10', /must lie before/);
  refused('start=NaN', /start is "NaN"; it must be a number/);
  refused('end=1e308', /the year 2262/);
  refused('start=-1', /the year 2262/);
  refused("start='; DROP TABLE logs", /must be a number/);
});

test('numbers, words and counts are refused with what would do', () => {
  expect(numberParam(params('n=1.5e3'), 'n')).toBe(1500);
  expect(() => numberParam(params('n=0x10'), 'n')).toThrow(/must be a number/);
  expect(wholeParam(params(''), 'limit', { max: 10, fallback: 5 })).toBe(5);
  expect(() => wholeParam(params('limit=0'), 'limit', { max: 10, fallback: 5 })).toThrow(/from 1 to 10/);
  expect(() => wholeParam(params('limit=11'), 'limit', { max: 10, fallback: 5 })).toThrow(/limit is "11"/);
  expect(() => wordParam(params('order=up'), 'order', ['recent', 'slowest'])).toThrow(/one of recent, slowest/);
  expect(() => textsParam(params(`service=${'x'.repeat(5000)}`), 'service')).toThrow(/5000 characters/);
});

test('attribute filters split at the first equals sign', () => {
  const f = (text: string, key: string, kind: string, value: string) =>
    expect(attributeParam(text)).toEqual({ key, kind, value });
  f('a=b', 'a', 'equals', 'b');
  f('a!=b', 'a', 'differs', 'b');
  f('a=b=c!=d', 'a', 'equals', 'b=c!=d');
  f('a=', 'a', 'equals', '');
  f('a', 'a', 'exists', '');
  f('!a', 'a', 'absent', '');
  for (const wrong of ['=b', '!=b', '!']) expect(() => attributeParam(wrong)).toThrow(/key=value/);
});

test('ids are hexadecimal, of any case and without their leading zeros', () => {
  expect(idParam('ABC', 'traceId', 8)).toBe('00000abc');
  for (const wrong of ['', '0', 'xyz', '123456789', "a'b"]) {
    expect(() => idParam(wrong, 'traceId', 8)).toThrow(/hexadecimal/);
  }
});
