import { expect, test } from 'vitest';
import { Queue } from './turns.ts';

test('who asks for little waits for one turn of each other, not for all that another asked for', async () => {
  const queue = new Queue();
  const order: string[] = [];
  const ask = async (who: string, what: string) => {
    const end = await queue.take(who);
    order.push(what);
    await new Promise((resolve) => setImmediate(resolve));
    end();
    end();
  };
  await Promise.all([
    ...['a1', 'a2', 'a3', 'a4'].map((what) => ask('a', what)),
    ask('b', 'b1'),
    ask('c', 'c1'),
    ask('b', 'b2'),
  ]);
  expect(order).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
  await ask('a', 'again');
  expect(order.at(-1)).toBe('again');
});
