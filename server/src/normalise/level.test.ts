import { expect, test } from 'vitest';
import { levelOfNumber, levelOfText, levelSpoken } from './level.ts';
import { lineFacts } from './linefacts.ts';

test('severity numbers come four to a level', () => {
  const f = (severity: number, level: string) => expect(levelOfNumber(severity)).toBe(level);
  f(0, 'unknown');
  f(1, 'trace');
  f(8, 'debug');
  f(9, 'info');
  f(13, 'warn');
  f(20, 'error');
  f(24, 'fatal');
  f(25, 'unknown');
  f(-1, 'unknown');
});

test('level words are read in any case, and pino numbers too', () => {
  const f = (text: string, level: string) => expect(levelOfText(text)).toBe(level);
  f('WARN', 'warn');
  f('Information', 'info');
  f('ERROR3', 'error');
  f('50', 'error');
  f('crit', 'fatal');
  f('__proto__', 'unknown');
  f('whatever', 'unknown');
});

test('a line says its level and trace in JSON or logfmt', () => {
  const f = (line: string, level: string, traceId = '', spanId = '') =>
    expect(lineFacts(line)).toEqual({ level, traceId, spanId });
  f('{"level":30,"msg":"x"}', '30');
  f('{"time":1,"level":"warn","trace_id":"abc","span_id":"def"}', 'warn', 'abc', 'def');
  f('{ "severity" : "ERROR" }', 'ERROR');
  f('{"msg":"\\"level\\":\\"fatal\\"","level":20}', '20');
  f('{"req":{"level":60},"level":20}', '20');
  f('{"tags":["level","x"],"level":40}', '40');
  f('{"msg":"level","a":1}', '');
  f('{"level', '');
  f('{"level":', '');
  f('time=1 level=error msg="a level=info b"', 'error');
  f('msg="hi" lvl="warn" trace_id=abc', 'warn', 'abc');
  f('plain words', '');
});

test('a plain line says its level in capitals or brackets near its start', () => {
  const f = (line: string, level: string) => expect(levelSpoken(line)).toBe(level);
  f('2026-01-01 12:00:00 ERROR something broke', 'error');
  f('[warn] disk', 'warn');
  f('\u001b[32mINFO\u001b[39m started', 'info');
  f('[Nest] 12 - LOG [App] ready', 'info');
  f('no error here', 'unknown');
  f('ERRORS=0', 'unknown');
});
