import { expect, test } from 'vitest';
import { formatDuration, parseDurationNs } from './duration.ts';
import { TraceqlSyntaxError } from './errors.ts';
import { parseFieldName, parseQuery } from './parser.ts';
import { printAttribute, printQuery } from './print.ts';

const printed = (text: string): string => printQuery(parseQuery(text));

test('operators bind as in Tempo', () => {
  const f = (text: string, same: string) => expect(printed(text)).toBe(same);
  f('{ .a = 1 || .b = 2 && .c }', '{ ((.a = 1) || (.b = 2)) && .c }');
  f('{ !.a = .b }', '{ (!.a) = .b }');
  f('{ -.a * 2 + 1 = 3 }', '{ ((-(.a * 2)) + 1) = 3 }');
  f('{ 2 ^ 3 ^ 2 > .a }', '{ (2 ^ (3 ^ 2)) > .a }');
  f('{ nil != .a && .b = nil }', '{ (.a != nil) && (.b = nil) }');
  f('{ .a } > { .b } && { .c }', '({ .a } > { .b }) && { .c }');
  f('({ } | rate()) * 10 - 1 > 5 | topk(2)', '(({ true } | rate()) * 10.0) - 1.0 > 5 | topk(2)');
  f('{ } | rate() > 3 / 2', '{ true } | rate() > 1');
  f('{ } | rate() with(sample=true, exemplars=5)', '{ true } | rate() with(sample=true, exemplars=5)');
});

test('attributes hold anything but signs and spaces, and those in quotes', () => {
  const f = (text: string, about: object) => expect(parseFieldName(text)).toMatchObject(about);
  f('.http.status-code/100', { name: 'http.status-code/100' });
  f('span."a b".c', { scope: 'span', name: 'a b.c' });
  f('resource."x\\"\\\\"', { scope: 'resource', name: 'x"\\' });
  f('parent.resource.a', { scope: 'resource', parent: true, name: 'a' });
  f('event:name', { kind: 'intrinsic', name: 'event:name' });
  f('rootName', { kind: 'intrinsic', name: 'trace:rootName', text: 'rootName' });
  for (const wrong of ['a', '.', 'span.', 'trace:kind', '.a b', '"a"', '.a = 1', '']) {
    expect(parseFieldName(wrong), wrong).toBeUndefined();
  }
  for (const name of ['a', 'a b', `'"\\{p0:String}`, '=', 'é "x"']) {
    expect(parseFieldName(printAttribute({ parent: false, name })), name).toMatchObject({ name });
  }
});

test('an error names its line and column', () => {
  const f = (text: string, message: string) => {
    expect(() => parseQuery(text)).toThrow(TraceqlSyntaxError);
    expect(() => parseQuery(text)).toThrow(message);
  };
  f('{ .a = }', 'parse error at line 1, col 8: syntax error: unexpected }');
  f('{ .a\n  == 2 }', 'parse error at line 2, col 4: syntax error: unexpected =');
  f('{', 'parse error at line 1, col 2: syntax error: unexpected $end');
  f('{ } | rate() 5', 'parse error at line 1, col 14: syntax error: unexpected INTEGER');
  f('{ "x }', 'parse error at line 1, col 3: literal not terminated');
  f('{ .a = 9223372036854775808 }', 'value out of range');
  f(`${'('.repeat(600)}`, 'limits.query.depthMax (500)');
  f(`{ ${Array(600).fill('.a').join(' && ')} }`, 'limits.query.depthMax (500)');
});

test('durations read as Prometheus and Go write them, and are printed as Go does', () => {
  const f = (text: string, ns: number | undefined, same?: string) => {
    expect(parseDurationNs(text)).toBe(ns);
    if (ns !== undefined) expect(formatDuration(ns)).toBe(same);
  };
  f('1d12h', 129_600e9, '36h0m0s');
  f('1.5s', 1.5e9, '1.5s');
  f('200us', 200e3, '200µs');
  f('1h0.5ms', 3_600_000_500_000, '1h0m0.0005s');
  f('7ns', 7, '7ns');
  f('1x', undefined);
  f('400y', undefined);
});
