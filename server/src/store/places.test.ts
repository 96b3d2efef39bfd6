import { expect, test } from 'vitest';
import { type Asker, askingAs } from '#kit';
import { createPlaces } from './places.ts';

const patient = new AbortController().signal;

function entering(count: number) {
  const places = createPlaces(count);
  const entered: string[] = [];
  const leave = new Map<string, () => void>();
  const ask = (asker: Asker, name: string, signal = patient) =>
    askingAs(asker, () => places.take(signal)).then((giveBack) => {
      entered.push(name);
      leave.set(name, giveBack);
    });
  return { ask, entered, leave: (name: string) => leave.get(name)?.() };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('the last place is kept for the rules, which go before everybody', async () => {
  const { ask, entered, leave } = entering(3);
  for (const name of ['a', 'b', 'c']) void ask('loki', name);
  void ask('rules', 'r1');
  void ask('rules', 'r2');
  await settled();
  expect(entered).toEqual(['a', 'b', 'r1']);
  leave('a');
  await settled();
  expect(entered).toEqual(['a', 'b', 'r1', 'r2']);
  leave('b');
  await settled();
  expect(entered).toEqual(['a', 'b', 'r1', 'r2']);
  leave('r1');
  await settled();
  expect(entered).toEqual(['a', 'b', 'r1', 'r2', 'c']);
});

test('who has the fewest places is served next, of equals who came first', async () => {
  const { ask, entered, leave } = entering(4);
  for (const name of ['l1', 'l2', 'l3', 'l4']) void ask('loki', name);
  void ask('tempo', 't1');
  void ask('native', 'n1');
  await settled();
  expect(entered).toEqual(['l1', 'l2', 'l3']);
  leave('l1');
  leave('l1');
  leave('l2');
  leave('l3');
  await settled();
  expect(entered).toEqual(['l1', 'l2', 'l3', 't1', 'n1', 'l4']);
});

test('who gives up waiting leaves the queue, and their place to others', async () => {
  const { ask, entered, leave } = entering(2);
  const leaving = new AbortController();
  void ask('loki', 'a');
  const given = ask('loki', 'b', leaving.signal);
  void ask('loki', 'c');
  leaving.abort(new Error('gone'));
  await expect(given).rejects.toThrow('gone');
  leave('a');
  await settled();
  expect(entered).toEqual(['a', 'c']);
  await expect(ask('loki', 'd', leaving.signal)).rejects.toThrow('gone');
});
