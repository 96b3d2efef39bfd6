import { expect, test } from 'vitest';
import { Mistake, readCommand } from './command.ts';

test('a question is PromQL unless it says what it is', () => {
  const f = (args: string[], expected: object) => expect(readCommand(args, {})).toMatchObject(expected);
  f(['query', 'up'], { language: 'promql', question: 'up', output: 'text', server: 'http://127.0.0.1:4320' });
  f(['query', 'logql', '{a="b"}', '--since', '6h'], { language: 'logql', question: '{a="b"}', sinceMs: 21_600_000 });
  f(['query', 'up', '--at', '1700000000'], { atMs: 1_700_000_000_000 });
  f(['query', 'up', '--at', '2026-01-02T03:04:05Z'], { atMs: Date.UTC(2026, 0, 2, 3, 4, 5) });
  f(['tail', '{a="b"}', '--limit', '5'], { kind: 'tail', limit: 5 });
});

test('the environment names the server and the tenant, and a flag wins over it', () => {
  const env = { FAROL_URL: 'http://farol:4320/', FAROL_TENANT: 'ours' };
  expect(readCommand(['query', 'up'], env)).toMatchObject({ server: 'http://farol:4320', tenant: 'ours' });
  expect(readCommand(['query', 'up', '--tenant', 'theirs'], env)).toMatchObject({ tenant: 'theirs' });
});

test('what cannot be read is refused by name', () => {
  const f = (args: string[], message: RegExp) => {
    expect(() => readCommand(args, {})).toThrow(Mistake);
    expect(() => readCommand(args, {})).toThrow(message);
  };
  f(['query'], /question/);
  f(['quary', 'up'], /quary/);
  f(['query', 'up', '--since', 'yesterday'], /--since.*yesterday/);
  f(['query', 'up', '--at', 'May 1'], /--at.*May 1/);
  f(['tail', '{a="b"}', '--at', 'now'], /--at.*tail/);
  f(['query', 'up', '--limit', '0'], /--limit.*0/);
  f(['query', 'up', '--output', 'xml'], /--output.*xml/);
  f(['query', 'up', '--server', 'farol:4320'], /--server.*farol:4320/);
  f(['query', 'up', '--sicne', '5m'], /--sicne/);
});
