import { expect, test } from 'vitest';
import { parseSpanMs, parseTimeMs } from './params.ts';

test('times are RFC 3339 or seconds since the epoch', () => {
  const f = (text: string, ms: number) => expect(parseTimeMs(text)).toBe(ms);
  f('4', 4000);
  f('0', 0);
  f('1795308049.863185', 1_795_308_049_863);
  f('1795308049.8636', 1_795_308_049_864);
  f('-1.5', -1500);
  f('1.5e9', 1_500_000_000_000);
  f('2015-07-01T20:10:51.781Z', 1_435_781_451_781);
  f('2015-07-01T20:10:51Z', 1_435_781_451_000);
  f('2015-07-01T22:10:51.7819+02:00', 1_435_781_451_781);
  f('1969-12-31T23:59:59-01:00', 3_599_000);
});

test('what is no time is refused, not guessed', () => {
  for (const text of ['', 'NaN', 'Inf', '-inf', '1e308', '1e18', '0x10', '1_000', 'now', '2015-02-30T00:00:00Z']) {
    expect(parseTimeMs(text), text).toBeUndefined();
  }
  for (const text of ['2015-07-01', '2015-07-01T20:10Z', '2015-13-01T00:00:00Z', '2015-07-01T25:00:00Z', ' 4']) {
    expect(parseTimeMs(text), text).toBeUndefined();
  }
});

test('durations are seconds or Prometheus durations', () => {
  const f = (text: string, ms: number | undefined) => expect(parseSpanMs(text), text).toBe(ms);
  f('15', 15_000);
  f('0.5', 500);
  f('1h30m', 5_400_000);
  f('5m', 300_000);
  f('-1', -1000);
  f('1e300', undefined);
  f('5 m', undefined);
  f('', undefined);
});
