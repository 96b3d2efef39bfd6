import { expect, test } from 'vitest';
import { remembering } from './parsed.ts';

test('a text is read once while it is asked for, and again when a thousand others came since', () => {
  const read: string[] = [];
  const parse = remembering((text: string) => {
    read.push(text);
    return { text };
  });
  const first = parse('up');
  for (let i = 0; i < 1_500; i++) {
    parse(`up + ${i}`);
    if (i < 900) expect(parse('up')).toBe(first);
  }
  expect(read.filter((text) => text === 'up')).toHaveLength(1);
  parse('up');
  expect(read.filter((text) => text === 'up')).toHaveLength(1);
  for (let i = 0; i < 1_000; i++) parse(`up - ${i}`);
  expect(parse('up')).toEqual(first);
  expect(read.filter((text) => text === 'up')).toHaveLength(2);
});

test('a text that cannot be read is refused each time, and a very long one is not kept', () => {
  let reads = 0;
  const parse = remembering((text: string) => {
    reads++;
    if (text === '(') throw new Error('no');
    return text;
  });
  for (let i = 0; i < 2; i++) expect(() => parse('(')).toThrow('no');
  const long = 'x'.repeat(10_000);
  expect(parse(long)).toBe(parse(long));
  expect(reads).toBe(4);
});
