import { expect, test } from 'vitest';
import { systemClock } from '#kit';
import { createSlots } from './slots.ts';

const never = new AbortController().signal;

test('a slot passes to the next in line, in order', async () => {
  const slots = createSlots({ concurrencyMax: 1, queueMsMax: 1000, clock: systemClock });
  const order: string[] = [];
  const giveBack = await slots.take(never);
  const first = slots.take(never).then((give) => {
    order.push('first');
    give();
  });
  const second = slots.take(never).then(() => order.push('second'));
  giveBack();
  giveBack();
  await Promise.all([first, second]);
  expect(order).toEqual(['first', 'second']);
});

test('waiting ends with a refusal that says when to come back', async () => {
  const slots = createSlots({ concurrencyMax: 1, queueMsMax: 5, clock: systemClock });
  const giveBack = await slots.take(never);
  await expect(slots.take(never)).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS', retryAfterSeconds: 1 });
  giveBack();
  await expect(slots.take(never)).resolves.toBeTypeOf('function');
});

test('a client that leaves the queue leaves its place to the others', async () => {
  const slots = createSlots({ concurrencyMax: 1, queueMsMax: 1000, clock: systemClock });
  const giveBack = await slots.take(never);
  const leaving = new AbortController();
  const gone = slots.take(leaving.signal);
  const staying = slots.take(never);
  leaving.abort(new Error('left'));
  await expect(gone).rejects.toThrow('left');
  giveBack();
  await expect(staying).resolves.toBeTypeOf('function');
});

test('the queue itself has an end', async () => {
  const slots = createSlots({ concurrencyMax: 1, queueMsMax: 50, clock: systemClock });
  await slots.take(never);
  const waiting = Array.from({ length: 10 }, () => slots.take(never));
  await expect(slots.take(never)).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
  await Promise.allSettled(waiting);
});
