import { expect, test } from 'vitest';
import { exprToJson, parseDurationMs, parseExpr, prettyExpr, printDurationMs, printExpr } from './index.ts';

test('an expression is printed in one canonical form, which reads back the same', () => {
  const f = (text: string, printed = text) => {
    expect(printExpr(parseExpr(text, { experimental: true }))).toBe(printed);
    expect(printExpr(parseExpr(printed, { experimental: true }))).toBe(printed);
  };
  f('sum by(a,"b.c")(foo)', 'sum by (a, "b.c") (foo)');
  f('topk(3,foo)', 'topk(3, foo)');
  f('a+on(x)group_left(y)b', 'a + on (x) group_left (y) b');
  f('a == bool on () b');
  f('1 - -1');
  f('foo{b="2",a=~"1"}[90s] offset -5m @ 1.5', 'foo{a=~"1",b="2"}[1m30s] @ 1.500 offset -5m');
  f('rate(foo[5m])[1h:] @ end()');
  f('{"my.metric",x!="y"}', '{__name__="my.metric",x!="y"}');
  f('foo[5m] anchored', 'foo[5m] anchored');
  f('foo[(5m + 1m) * 2] offset (step())', 'foo[(5m + 1m) * 2] offset (step())');
  f('a + fill_left(1) fill_right(2) b', 'a + fill_left (1) fill_right (2) b');
  f('"a\\nb"');
  f('0x10', '16');
  f('1e-7', '0.0000001');
});

test('long expressions are broken where Prometheus breaks them', () => {
  const long =
    'sum by (job) (rate(http_requests_total{code=~"5..",job="a-very-long-job-name-indeed"}[5m])) / on (job) foo';
  expect(prettyExpr(parseExpr('sum(foo)'))).toBe('sum(foo)');
  expect(prettyExpr(parseExpr(`${long} * 100`))).toBe(
    [
      '    sum by (job) (rate(http_requests_total{code=~"5..",job="a-very-long-job-name-indeed"}[5m]))',
      '  / on (job)',
      '    foo',
      '*',
      '  100',
    ].join('\n'),
  );
});

test('durations are read and printed as Prometheus does', () => {
  const f = (text: string, ms: number | undefined) => expect(parseDurationMs(text)).toBe(ms);
  f('5m', 300_000);
  f('1h30m', 5_400_000);
  f('1y2w3d', 365 * 86_400_000 + 17 * 86_400_000);
  f('0', 0);
  f('30m1h', undefined);
  f('5', undefined);
  f('300y', undefined);
  expect(printDurationMs(90 * 86_400_000)).toBe('90d');
  expect(printDurationMs(14 * 86_400_000)).toBe('2w');
  expect(printDurationMs(5_400_001)).toBe('1h30m1ms');
});

test('the tree goes to JSON as parse_query answers it', () => {
  expect(exprToJson(parseExpr('foo and bar{x="1"} @ start()'))).toMatchObject({
    type: 'binaryExpr',
    op: 'and',
    matching: { card: 'many-to-many', labels: [], on: false, include: [] },
    lhs: { type: 'vectorSelector', name: 'foo', timestamp: null, startOrEnd: null },
    rhs: { startOrEnd: 'start', matchers: [{ name: 'x', value: '1', type: '=' }, { name: '__name__' }] },
  });
});
