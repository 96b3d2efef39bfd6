import { describe, expect, test } from 'vitest';
import {
  aggregators,
  exprType,
  functions,
  keywords,
  type ParseOptions,
  PromqlSyntaxError,
  parseExpr,
  parseSelector,
  printExpr,
} from './index.ts';

function problemOf(text: string, options: ParseOptions = {}): string {
  try {
    parseExpr(text, options);
    return 'no problem';
  } catch (error) {
    if (error instanceof PromqlSyntaxError) return error.message;
    throw error;
  }
}

test('what cannot be read is refused with the place and the words Prometheus has', () => {
  const f = (text: string, problem: string) => expect(problemOf(text)).toBe(problem);
  f('', 'unknown position: parse error: no expression found in input');
  f('# only a comment', '1:1: parse error: no expression found in input');
  f('1 +', '1:4: parse error: unexpected end of input');
  f('foo bar', '1:5: parse error: unexpected identifier "bar"');
  f('sum(foo bar)', '1:9: parse error: unexpected identifier "bar" in aggregation');
  f('foo{a=1}', "1:7: parse error: unexpected character inside braces: '1'");
  f('foo{a="1" b="2"}', '1:11: parse error: unexpected identifier "b" in label matching, expected "," or "}"');
  f('foo[5m', '1:7: parse error: unclosed left bracket');
  f('(foo', '1:5: parse error: unclosed left parenthesis');
  f('foo)', "1:5: parse error: unexpected right parenthesis ')'");
  f(
    'foo offset',
    '1:11: parse error: unexpected end of input in offset, expected number, duration, step(), or range()',
  );
  f('nope(1)', '1:1: parse error: unknown function with name "nope"');
  f('sum by foo (x)', '1:8: parse error: unexpected identifier "foo" in grouping opts, expected "("');
  f('"unfinished', '1:1: parse error: unterminated quoted string');
  f('{}', '1:1: parse error: vector selector must contain at least one non-empty matcher');
  f('foo{__name__="bar"}', '1:1: parse error: metric name must not be set twice: "foo" or "bar"');
});

test('types are checked in Prometheus words', () => {
  const f = (text: string, problem: string) => expect(problemOf(text)).toBe(problem);
  f('1 > 2', '1:3: parse error: comparisons between scalars must use BOOL modifier');
  f('1 and foo', '1:1: parse error: set operator "and" not allowed in binary scalar expression');
  f('rate(foo)', '1:6: parse error: expected type range vector in call to function "rate", got instant vector');
  f('sum(1)', '1:5: parse error: expected type instant vector in aggregation expression, got scalar');
  f('foo + bar[5m]', '1:7: parse error: binary expression must contain only scalar and instant vector types');
  f('rate(foo[5m], 1)', '1:1: parse error: expected 1 argument(s) in call to "rate", got 2');
  f('foo and on(a) group_left bar', '1:1: parse error: no grouping allowed for "and" operation');
  f('(1 + foo)[5m]', '1:10: parse error: ranges only allowed for vector selectors');
});

test('columns count bytes and lines count line feeds', () => {
  expect(problemOf('{"é"="x"} ! ')).toMatch(/^1:12:/);
  expect(problemOf('foo\n  + bar{')).toMatch(/^2:9:/);
});

test('experimental syntax is refused until it is asked for', () => {
  expect(problemOf('foo + fill(0) bar')).toMatch('binop fill modifiers are experimental and not enabled');
  expect(problemOf('mad_over_time(foo[5m])')).toMatch('function "mad_over_time" is not enabled');
  expect(problemOf('foo[5m+1m]')).toMatch('experimental duration expression is not enabled');
  expect(problemOf('foo + fill(0) bar', { experimental: true })).toBe('no problem');
});

test('a word of the experimental syntax is still a name where it was one', () => {
  const words = [...keywords, ...aggregators, ...functions.keys()];
  const plain = ['W', 'W{a="b"}', 'm{W="x"}', 'sum by (W) (m)', 'rate(W[5m])', 'm + on (W) m', 'W offset 5m', 'm - W'];
  for (const text of words.flatMap((word) => plain.map((shape) => shape.replaceAll('W', word)))) {
    expect(problemOf(text, { experimental: true }), text).toBe(problemOf(text));
  }
});

test('hostile texts cost no more than their length', () => {
  const began = performance.now();
  expect(problemOf('nope(1) + '.repeat(400).concat('1'))).toMatch('unknown function with name "nope"');
  expect(problemOf(`1 + ${'1'.repeat(100_000)}`)).toMatch('value out of range');
  expect(problemOf(`${'1'.repeat(100_000)}x`)).toMatch('bad number or duration syntax');
  expect(problemOf(`foo[${'1'.repeat(100_000)}m]`)).toMatch('duration out of range');
  expect(performance.now() - began).toBeLessThan(2000);
});

describe('deep nesting', () => {
  test('is refused before it can exhaust the stack', () => {
    const deep = 'limits.query.depthMax';
    expect(problemOf(`${'('.repeat(50_000)}1${')'.repeat(50_000)}`)).toMatch(deep);
    expect(problemOf('-'.repeat(50_000).concat('foo'))).toMatch(deep);
    expect(problemOf(Array(50_000).fill('1').join('+'))).toMatch(deep);
    expect(problemOf(`foo${'[5m:]'.repeat(20_000)}`)).toMatch(deep);
    expect(problemOf(`foo[${'('.repeat(50_000)}`, { experimental: true })).not.toBe('no problem');
  });

  test('is accepted up to the limit', () => {
    expect(problemOf(`${'('.repeat(400)}1${')'.repeat(400)}`)).toBe('no problem');
  });
});

test('operators bind as in Prometheus', () => {
  const f = (text: string, value: unknown) => expect(shape(text)).toEqual(value);
  f('a + b * c', ['+', 'a', ['*', 'b', 'c']]);
  f('a ^ b ^ c', ['^', 'a', ['^', 'b', 'c']]);
  f('-a ^ b', ['-', ['^', 'a', 'b']]);
  f('-a * b', ['*', ['-', 'a'], 'b']);
  f('a or b and c', ['or', 'a', ['and', 'b', 'c']]);
  f('a - b - c', ['-', ['-', 'a', 'b'], 'c']);
});

function shape(text: string): unknown {
  const walk = (expr: ReturnType<typeof parseExpr>): unknown => {
    if (expr.kind === 'binary') return [expr.op, walk(expr.left), walk(expr.right)];
    if (expr.kind === 'unary') return [expr.op, walk(expr.expr)];
    return printExpr(expr);
  };
  return walk(parseExpr(text));
}

test('numbers are read as Go reads them', () => {
  const f = (text: string, value: number) => expect(parseExpr(text)).toMatchObject({ kind: 'number', value });
  f('0x1F', 31);
  f('017', 15);
  f('1_000_000', 1e6);
  f('-1e3', -1000);
  f('+Inf', Number.POSITIVE_INFINITY);
  f('5m30s', 330);
  expect(problemOf('1e400')).toMatch('error parsing number: strconv.ParseFloat: parsing "1e400": value out of range');
});

test('names may be any UTF-8 when quoted', () => {
  expect(parseExpr('{"my.metric", "label.x"="y"}')).toMatchObject({
    matchers: [
      { name: '__name__', kind: '=', value: 'my.metric' },
      { name: 'label.x', kind: '=', value: 'y' },
    ],
  });
  expect(exprType(parseExpr('sum by ("label.x") (foo)'))).toBe('vector');
});

test('a lone selector may match everything', () => {
  expect(parseSelector('{}')).toEqual([]);
  expect(parseSelector('up{job=~"a|b"}')).toEqual([
    { name: 'job', kind: '=~', value: 'a|b' },
    { name: '__name__', kind: '=', value: 'up' },
  ]);
  expect(() => parseSelector('up + 1')).toThrow(PromqlSyntaxError);
});

test('patterns are checked by whoever brings RE2', () => {
  const patterns = {
    problemOf: (p: string) => (p === '(' ? 'bad' : undefined),
    matchesEmpty: (p: string) => p === 'x*',
  };
  expect(problemOf('foo{a=~"("}', { patterns })).toBe('1:5: parse error: bad');
  expect(problemOf('{a=~"x*"}', { patterns })).toMatch('at least one non-empty matcher');
  expect(problemOf('{a=~"x+"}', { patterns })).toBe('no problem');
});
