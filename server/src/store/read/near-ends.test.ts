import { expect, test } from 'vitest';
import { lackOf, nearEnds, withMore } from './near-ends.ts';

const minuteMs = 60_000;
const lastMs = 1_000 * minuteMs;
const windows = { lastMs, everyMs: 5 * minuteMs, reachMs: 5 * minuteMs, lastOnly: true } as const;
const whole = {
  refs: Int32Array.from({ length: 100 }, (_, i) => i),
  startMs: lastMs - 900 * minuteMs + 1,
  endMs: lastMs,
  windows,
};

test('only far windows of many samples, of which the last ones matter, are read near their ends', () => {
  expect(nearEnds(whole)).toMatchObject({ lastMs, everyMs: 5 * minuteMs, reachMs: 75_000 });
  expect(nearEnds({ ...whole, windows: { ...windows, everyMs: minuteMs } })).toBeUndefined();
  expect(
    nearEnds({ ...whole, windows: { lastMs, everyMs: windows.everyMs, reachMs: windows.reachMs } }),
  ).toBeUndefined();
  expect(nearEnds({ ...whole, refs: Int32Array.of(1) })).toBeUndefined();
});

test('a window that goes on after the question is read whole', () => {
  expect(nearEnds({ ...whole, endMs: lastMs - minuteMs })?.allAfterMs).toBe(lastMs - 5 * minuteMs);
});

test('what lacks is read from the first to the last window without a sample near its end, and put between', () => {
  const near = { ...windows, reachMs: 75_000 };
  const question = { refs: Int32Array.of(0, 1, 2), startMs: lastMs - 15 * minuteMs + 1, endMs: lastMs, windows };
  const columnsOf = (ref: number, ...agoMs: number[]) => {
    const timesMs = Float64Array.from(agoMs, (ago) => lastMs - ago);
    return { ref, timesMs, values: timesMs.map((timeMs) => timeMs / 2) };
  };
  const within = columnsOf(0, 10 * minuteMs + 74_999, 5 * minuteMs + 74_999, 74_999);
  expect(lackOf([within], { ...question, refs: Int32Array.of(0) }, near)).toBeUndefined();

  const known = columnsOf(1, 10 * minuteMs, 5 * minuteMs - 1_000, 1_000);
  const lack = lackOf([within, known], { ...question, refs: Int32Array.of(0, 1) }, near);
  expect(lack).toEqual({
    refs: Int32Array.of(1),
    startMs: lastMs - 10 * minuteMs + 1,
    endMs: lastMs - 5 * minuteMs,
  });
  const more = columnsOf(1, 9 * minuteMs, 8 * minuteMs);
  const [, whole] = lack === undefined ? [] : withMore([within, known], [more], lack);
  expect(whole?.timesMs).toEqual(
    columnsOf(1, 10 * minuteMs, 9 * minuteMs, 8 * minuteMs, 5 * minuteMs - 1_000, 1_000).timesMs,
  );
  expect(whole?.values[1]).toBe((lastMs - 9 * minuteMs) / 2);

  expect(lackOf([within], question, near)).toMatchObject({
    refs: Int32Array.of(1, 2),
    startMs: question.startMs,
    endMs: lastMs,
  });
});
