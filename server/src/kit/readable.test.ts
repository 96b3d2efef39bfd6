import { expect, test } from 'vitest';
import { readable } from './readable.ts';

test('F95 a record is one line of words at a terminal, whatever a sender wrote into it', () => {
  const record = {
    level: 40,
    time: '2026-11-22T14:20:53.123Z',
    trace_id: 'a',
    job: 'x\n14:20:54 INFO all is well',
    msg: 'bad \u001b[31mtarget\u009b',
  };
  expect(readable(JSON.stringify(record))).toBe(
    '14:20:53 WARN  bad \\x1b[31mtarget\\x9b  job=x\\x0a14:20:54 INFO all is well\n',
  );
});

test('a bug comes with its stack, what is not text as JSON', () => {
  const record = {
    level: 50,
    time: '2026-11-22T14:20:53.123Z',
    err: { stack: 'Error: no\n    at home' },
    sizes: [1, 'a\u009bb'],
    msg: 'it failed',
  };
  expect(readable(JSON.stringify(record))).toBe(
    '14:20:53 ERROR it failed  sizes=[1,"a\\x9bb"]\n    Error: no\n        at home\n',
  );
});
