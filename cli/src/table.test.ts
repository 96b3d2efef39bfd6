import { expect, test } from 'vitest';
import { csv, inert, inertJson, sparkline } from './table.ts';

test('a cell that a spreadsheet would run is kept from it, and a number stays a number', () => {
  expect(csv(['a', 'b'], [['=cmd()', '-1.5']])).toBe("a,b\n'=cmd(),-1.5\n");
  expect(csv(['a'], [['say "hi", twice']])).toBe('a\n"say ""hi"", twice"\n');
});

test('a gap in the values is a gap in the line', () => {
  expect(sparkline([0, Number.NaN, 7])).toBe('▁ █');
  expect(sparkline([5, 5])).toBe('▁▁');
});

test('what a sender wrote cannot command the terminal', () => {
  expect(inert('\u001b[2Jgone\u009b')).toBe('\\x1b[2Jgone\\x9b');
  const text = 'a\u001b\u009b';
  expect(inertJson(text)).toBe('"a\\u001b\\u009b"');
  expect(JSON.parse(inertJson(text))).toBe(text);
});
