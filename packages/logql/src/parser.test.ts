import { expect, test } from 'vitest';
import { LogqlSyntaxError } from './errors.ts';
import { parseExpr, parseSelector } from './parser.ts';
import { printExpr } from './print.ts';

test('a query prints as Loki prints it, and prints the same when read again', () => {
  const f = (text: string, printed = text) => {
    expect(printExpr(parseExpr(text))).toBe(printed);
    expect(printExpr(parseExpr(printed))).toBe(printed);
  };
  f('{app="a"}');
  f('{app="a",b!~"c|d"}|="x"!="y"', '{app="a", b!~"c|d"} |= "x" != "y"');
  f('{a="b"} |= "x" or ip("10.0.0.0/8") or "z"');
  f('{a="b"} | json | logfmt --strict --keep-empty x="y"');
  f('{a="b"} | json first="a.b[0]",c="c"');
  f('{a="b"} | label_format x=y,z="{{.w}}" | drop a,b="c" | keep d');
  f('{a="b"} | line_format `{{.x}}` | decolorize', '{a="b"} | line_format "{{.x}}" | decolorize');
  f('{a="b"} | took>=1.5s', '{a="b"} | took>=1.5s');
  f('{a="b"} | size < 25MB | ip != ip("::1")', '{a="b"} | size<25MB | ip!=ip("::1")');
  f('rate({a="b"}[5m] offset 1h)', 'rate({a="b"}[5m] offset 1h0m0s)');
  f(
    'sum by (x) (rate({a="b"} | unwrap duration(d) | __error__="" [1m]))',
    'sum by (x) (rate({a="b"} | unwrap duration(d) | __error__=""[1m]))',
  );
  f(
    'quantile_over_time(0.9, {a="b"} | unwrap x [1m]) by (y)',
    'quantile_over_time(0.9,{a="b"} | unwrap x[1m]) by (y) ',
  );
  f('vector(1) / on (a) group_left (b) vector(2)', '(vector(1) / on (a) group_left (b) vector(2))');
  f('1 + 2 * 3', '7');
});

test('a comma between label filters holds all that follows together', () => {
  const f = (filter: string, printed: string) =>
    expect(printExpr(parseExpr(`{a="b"} | ${filter}`))).toBe(`{a="b"} | ${printed}`);
  f('x="1" and y="2" or z="3"', '( ( x="1" , y="2" ) or z="3" )');
  f('x="1" or y="2" and z="3"', '( x="1" or ( y="2" , z="3" ) )');
  f('x="1", y="2" or z="3"', '( x="1" , ( y="2" or z="3" ) )');
  f('x="1" or y="2" z="3"', '( x="1" or ( y="2" , z="3" ) )');
});

test('a range may stand behind its selector, its pipeline or their parentheses', () => {
  const printed = printExpr(parseExpr('rate({a="b"} |= "x" [5m])'));
  for (const text of ['rate(({a="b"} |= "x")[5m])', 'rate({a="b"}[5m] |= "x")', 'rate(({a="b"} |= "x" [5m]))']) {
    expect(printExpr(parseExpr(text))).toBe(printed);
  }
});

test('comments are no part of a query, and a hash in a string is no comment', () => {
  expect(printExpr(parseExpr('{a="b"} # all of them\n|= "#x" // yes'))).toBe('{a="b"} |= "#x"');
});

test('errors say what Loki says, and where', () => {
  const messageOf = (text: string): string => {
    try {
      return printExpr(parseExpr(text));
    } catch (error) {
      return error instanceof LogqlSyntaxError ? error.message : String(error);
    }
  };
  const f = (text: string, message: string) => expect(messageOf(text)).toBe(message);
  f('', 'parse error at line 1, col 1: syntax error: unexpected $end');
  f('{a="b"', 'parse error at line 1, col 7: syntax error: unexpected $end, expecting } or ,');
  f('{a="b"} |~', 'parse error at line 1, col 11: syntax error: unexpected $end, expecting STRING or ip');
  f('rate({a="b"}[5x])', 'parse error at line 0, col 13: unknown unit "x" in duration "5x"');
  f('{a="b"} | json\n | drop', 'parse error at line 2, col 8: syntax error: unexpected $end, expecting IDENTIFIER');
  f('count_over_time({a="b"} | unwrap x [5m])', 'parse error : invalid aggregation count_over_time with unwrap');
  f('topk(1.5, vector(1))', 'parse error : invalid parameter topk(1.5,');
  f('{a="b"} + 1', 'parse error : unexpected type for left leg of binary operation (+): *syntax.MatchersExpr');
  f('1 and vector(1)', 'parse error : unexpected literal for left leg of logical/set binary operation (and): 1.000000');
});

test('a selector that would read every stream is refused', () => {
  expect(() => parseExpr('{}')).toThrow(/at least one regexp or equality matcher/);
  expect(() => parseExpr('{a!="b"}')).toThrow(/at least one regexp or equality matcher/);
  expect(parseSelector('{a="b", c!="d"}')).toHaveLength(2);
  expect(() => parseSelector('{a="b"} |= "x"')).toThrow('only label matchers are supported');
});

test('an expression that nests too deep is refused before it exhausts the stack', () => {
  const deep = `${'('.repeat(10_000)}1${')'.repeat(10_000)}`;
  expect(() => parseExpr(deep)).toThrow(LogqlSyntaxError);
  expect(() => parseExpr(`vector(1)${' + vector(1)'.repeat(10_000)}`)).toThrow(/limits.query.depthMax/);
});

test('texts made to be slow are read in time that grows with their length', () => {
  const beganMs = performance.now();
  for (const text of ['/*'.repeat(60_000), '{'.repeat(120_000), '(?P<'.repeat(30_000), 'a '.repeat(60_000)]) {
    expect(() => parseExpr(text)).toThrow(LogqlSyntaxError);
    expect(() => parseExpr(`{a="b"} | regexp \`${text}\` | pattern \`${text}\``)).toThrow(LogqlSyntaxError);
  }
  expect(performance.now() - beganMs).toBeLessThan(5000);
});
