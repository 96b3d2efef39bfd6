import { expect, test } from 'vitest';
import { isTag, parseDurationMs } from './duration.ts';

test('durations are read as people write them', () => {
  const f = (text: string, ms: number | undefined) => expect(parseDurationMs(text)).toBe(ms);
  f('100ms', 100);
  f('1.5s', 1_500);
  f('1,5 s', 1_500);
  f('250', 250);
  f('2m', 120_000);
  f('fast', undefined);
  f('', undefined);
});

test('a tag is a key, an equals sign and a value', () => {
  expect(isTag('http.route=/a?b=c')).toBe(true);
  expect(isTag('http.route=')).toBe(false);
  expect(isTag('=x')).toBe(false);
  expect(isTag('http.route!=/a')).toBe(false);
  expect(isTag('two words=x')).toBe(false);
});
