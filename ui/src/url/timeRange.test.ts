import { expect, test } from 'vitest';
import { isLive, parseInstant, rangeMsMin, resolveRange, zoomOut } from './timeRange.ts';

const now = Date.UTC(2026, 0, 5, 12, 0, 0);

test('instants read as people write them', () => {
  const f = (text: string, ms: number | undefined) => expect(parseInstant(text, now)).toBe(ms);
  f('now', now);
  f('now-15m', now - 900_000);
  f('now-2d', now - 172_800_000);
  f('1767614400000', 1_767_614_400_000);
  f('1767614400', 1_767_614_400_000);
  f('2026-01-05T12:00:00Z', now);
  f('2026-01-05 12:00', new Date(2026, 0, 5, 12, 0).getTime());
  f('yesterday', undefined);
  f('now-1y', undefined);
  f('', undefined);
});

test('a range always has a positive length', () => {
  expect(
    resolveRange({ from: 'now', to: 'now-1h' }, now).endMs - resolveRange({ from: 'now', to: 'now-1h' }, now).startMs,
  ).toBe(rangeMsMin);
  expect(resolveRange({ from: 'nonsense' }, now)).toEqual({ startMs: now - 900_000, endMs: now });
});

test('zooming out doubles the length and stops at now', () => {
  expect(zoomOut({ startMs: now - 60_000, endMs: now }, now)).toEqual({ startMs: now - 120_000, endMs: now });
  expect(zoomOut({ startMs: now - 600_000, endMs: now - 540_000 }, now)).toEqual({
    startMs: now - 630_000,
    endMs: now - 510_000,
  });
});

test('only a range that ends now is live', () => {
  const f = (asked: { from?: string; to?: string }, live: boolean) => expect(isLive(asked)).toBe(live);
  f({}, true);
  f({ from: 'now-3h' }, true);
  f({ from: '1', to: '2' }, false);
});
