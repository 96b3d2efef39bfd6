import { expect, test } from 'vitest';
import { systemClock } from '#kit';
import { Group, Lane } from './lane.ts';

/** A group that only counts its rows. */
class Counted extends Group {
  count = 0;
  override rows = (): number => this.count;
  override bytes = (): number => this.count;
  override clear(): void {
    this.count = 0;
  }
}

function laneAt(pace: { smallGroupRows: number; smallGroupMs: number }, writeMs = 0) {
  const flushed: number[] = [];
  const lane = new Lane<Counted>({
    ...pace,
    flushMs: 1,
    flushRowsMax: 1_000_000,
    newGroup: () => new Counted([]),
    flush: async (group) => {
      flushed.push(group.count);
      if (writeMs > 0) await systemClock.sleep(writeMs);
    },
    clock: systemClock,
  });
  const add = (rows: number) =>
    lane.add((group) => {
      group.count += rows;
    });
  return { lane, flushed, add };
}

test('the first small groups go at once; a steady trickle of them is gathered', async () => {
  const { lane, flushed, add } = laneAt({ smallGroupRows: 10, smallGroupMs: 60_000 });
  for (let i = 0; i < 20; i++) await add(1);
  expect(flushed).toEqual(new Array(20).fill(1));
  const late = [add(1), add(2), add(3)];
  await systemClock.sleep(50);
  expect(flushed).toHaveLength(20);
  // Company has come: the group is no longer small.
  late.push(add(4));
  await Promise.all(late);
  expect(flushed.at(-1)).toBe(10);
  await lane[Symbol.asyncDispose]();
});

test('a gathered group is written when the lane closes, and its senders hear of it', async () => {
  const { lane, flushed, add } = laneAt({ smallGroupRows: 10, smallGroupMs: 60_000 });
  for (let i = 0; i < 20; i++) await add(1);
  const last = add(5);
  await systemClock.sleep(30);
  await lane[Symbol.asyncDispose]();
  await last;
  expect(flushed.at(-1)).toBe(5);
});

test('a big group does not wait for company', async () => {
  const { lane, flushed, add } = laneAt({ smallGroupRows: 10, smallGroupMs: 60_000 });
  for (let i = 0; i < 30; i++) await add(10);
  expect(flushed).toEqual(new Array(30).fill(10));
  await lane[Symbol.asyncDispose]();
});

test('what comes during a write is one group, however long the write takes', async () => {
  const { lane, flushed, add } = laneAt({ smallGroupRows: 1, smallGroupMs: 60_000 }, 300);
  const all = [add(10)];
  await systemClock.sleep(50);
  for (let i = 0; i < 5; i++) {
    all.push(add(10));
    await systemClock.sleep(40);
  }
  await Promise.all(all);
  expect(flushed).toEqual([10, 50]);
  await lane[Symbol.asyncDispose]();
});
