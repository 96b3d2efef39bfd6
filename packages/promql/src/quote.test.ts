import { expect, test } from 'vitest';
import { goQuote, unquote } from './index.ts';
import { parseSeries } from './series.ts';

test('string literals are read with Go escapes', () => {
  const f = (literal: string, text: string | undefined) => expect(unquote(literal)).toBe(text);
  f('"a\\tb"', 'a\tb');
  f("'it\\'s'", "it's");
  f('`a\\n`', 'a\\n');
  f('"\\u00e9\\xc3\\xa9\\303\\251"', 'ééé');
  f('"\\q"', undefined);
  f('"open', undefined);
});

test('bytes that are no text survive a round trip', () => {
  expect(goQuote(unquote('"a\\xc5z"') ?? '')).toBe('"a\\xc5z"');
  expect(unquote('"\\xff"')?.isWellFormed()).toBe(false);
});

test('the notation of test series is read', () => {
  const { labels, values } = parseSeries('up{job="a b"} 1+1x2 _x2 stale NaN -Inf {{schema:1 count:2 buckets:[1 1]}}x1');
  expect(labels.map(({ value }) => value)).toEqual(['a b', 'up']);
  expect(values.map((value) => (value.kind === 'float' ? value.value : value.kind))).toEqual([
    ...[1, 2, 3, 'omitted', 'omitted', 'stale', Number.NaN, Number.NEGATIVE_INFINITY, 'histogram'],
  ]);
  expect(values.at(-1)).toMatchObject({ times: 1, histogram: { schema: 1, count: 2, buckets: [1, 1] } });
  expect(() => parseSeries('up 1 what')).toThrow('not a series value: "what"');
});
