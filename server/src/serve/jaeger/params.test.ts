import { expect, test } from 'vitest';
import { durationParam, goDurationNs, limitParam, microsParam, tagsParam, traceIdParam } from './params.ts';

const params = (query: string) => new URLSearchParams(query);

test('durations read as Go reads them', () => {
  const f = (text: string, ns: number | undefined) => expect(goDurationNs(text)).toBe(ns);
  f('0', 0);
  f('4500ns', 4500);
  f('1.5ms', 1_500_000);
  f('2us', 2000);
  f('2µs', 2000);
  f('1h2m3.5s', 3_723_500_000_000);
  f('.5s', 500_000_000);
  f('5', undefined);
  f('5d', undefined);
  f('-5s', undefined);
  f('', undefined);
  f('s', undefined);
  expect(durationParam(params(''), 'minDuration')).toBeUndefined();
  expect(() => durationParam(params('minDuration=9999999h'), 'minDuration')).toThrow(/invalid duration/);
});

test('tags come as pairs and as a map of texts', () => {
  const read = (query: string) => tagsParam(params(query)).map(({ key, value }) => `${key}|${value}`);
  expect(read('tag=a:b&tag=url:http://x:1')).toEqual(['a|b', 'url|http://x:1']);
  expect(read(`tags=${encodeURIComponent('{"a":"b","n":1,"ok":true,"__proto__":"x"}')}`)).toEqual([
    'a|b',
    'n|1',
    'ok|true',
    '__proto__|x',
  ]);
  for (const wrong of ['tag=a', 'tag=:b', 'tags=[1]', 'tags={', 'tags={"a":{}}', 'tags=null']) {
    expect(() => read(wrong), wrong).toThrow(/malformed/);
  }
});

test('times are microseconds and limits whole numbers above 0', () => {
  expect(microsParam(params('start=1500'), 'start', 0)).toBe(1.5);
  expect(() => microsParam(params('start=now'), 'start', 0)).toThrow(/'start'/);
  expect(() => microsParam(params('start=9999999999999999'), 'start', 0)).toThrow(/'start'/);
  expect(limitParam(params(''), { fallback: 100, max: 1000 })).toBe(100);
  expect(limitParam(params('limit=5000'), { fallback: 100, max: 1000 })).toBe(1000);
  expect(() => limitParam(params('limit=0'), { fallback: 100, max: 1000 })).toThrow(/'limit'/);
});

test('trace ids are padded to 32 digits', () => {
  expect(traceIdParam('ABC')).toBe('abc'.padStart(32, '0'));
  for (const wrong of ['', 'x', '0'.repeat(32), 'a'.repeat(33)]) expect(() => traceIdParam(wrong)).toThrow(/trace ID/);
});
