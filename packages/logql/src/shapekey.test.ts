import { expect, test } from 'vitest';
import { wordsOf } from './shape.ts';
import { shapeKeyOf } from './shapekey.ts';

const shapeOf = (line: string): string => {
  const { words } = wordsOf(line);
  return words.join(' ');
};

const lines = [
  'order 17 took 250 ms',
  'order 18 took 9000 ms',
  'order x took 9000 ms',
  'GET /orders/77 from 10.0.0.1:8080',
  'GET /orders/78 from 10.0.0.2:9090',
  'http2 stream',
  'http1 stream',
  'e2 failed',
  'b2 failed',
  'worker123 up',
  'worker4567 up',
  'id 3f2a9c41d0 gone',
  'id 00ff00ff00 gone',
  'id deadbeef gone',
  '{"level":"info","msg":"paid 12","user":"a"}',
  '{"level":"warn","msg":"paid 13","user":"b"}',
  'paid 12',
  'é1 ok',
  'é2 ok',
];

test('lines of one key have the same words', () => {
  for (const [, same] of Map.groupBy(lines, shapeKeyOf)) expect(new Set(same.map(shapeOf)).size).toBe(1);
});

test('lines that differ in a number or an id alone have one key', () => {
  const f = (a: string, b: string) => expect(shapeKeyOf(a)).toBe(shapeKeyOf(b));
  f('order 17 took 250 ms', 'order 18 took 9000 ms');
  f('worker123 up', 'worker4567 up');
  f('id 3f2a9c41d0 gone', 'id 00ff00ff00 gone');
  f('{"level":"info","msg":"paid 12","user":"a"}', '{"level":"warn","msg":"paid 13","user":"b"}');
});

test('keys of lines that are not alike are not alike', () => {
  const words = Array.from({ length: 40 }, (_, i) => String.fromCharCode(97 + (i % 26)).repeat(1 + (i % 7)));
  const many = words.flatMap((a) => words.flatMap((b) => words.map((c) => `${a} ${b}: ${c}`)));
  const different = new Set(many);
  expect(new Set([...different].map(shapeKeyOf)).size).toBe(different.size);
});
