import { expect, test } from 'vitest';
import { Sharing } from './sharing.ts';

const stays = new AbortController().signal;

test('who asks the same at the same time gets the same answer, computed once', async () => {
  const sharing = new Sharing<number>();
  const gate = Promise.withResolvers<void>();
  let calls = 0;
  const work = async (): Promise<number> => {
    const call = ++calls;
    await gate.promise;
    return call;
  };
  const both = [sharing.join('a', stays, work), sharing.join('a', stays, work)];
  const other = sharing.join('b', stays, work);
  gate.resolve();
  expect(await Promise.all(both)).toEqual([1, 1]);
  expect(await other).toBe(2);
  expect(await sharing.join('a', stays, work)).toBe(3);
});

test('the work goes on for who stays, and is stopped when the last has left', async () => {
  const sharing = new Sharing<string>();
  const stopped: string[] = [];
  const work = ({ signal }: AbortController): Promise<string> =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => stopped.push('stopped'));
      setTimeout(() => resolve('answer'), 20);
    });
  const [leaver, second] = [new AbortController(), new AbortController()];
  const left = sharing.join('a', leaver.signal, work);
  const stayed = sharing.join('a', stays, work);
  leaver.abort();
  await expect(left).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(stopped).toEqual([]);
  expect(await stayed).toBe('answer');

  const alone = sharing.join('b', second.signal, work);
  second.abort();
  await expect(alone).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(stopped).toContain('stopped');
});

test('a failure reaches everybody who waits, and the next asks anew', async () => {
  const sharing = new Sharing<string>();
  const fails = async (): Promise<string> => {
    throw new Error('no');
  };
  const both = [sharing.join('a', stays, fails), sharing.join('a', stays, fails)];
  for (const one of both) await expect(one).rejects.toThrow('no');
  expect(await sharing.join('a', stays, async () => 'yes')).toBe('yes');
});
