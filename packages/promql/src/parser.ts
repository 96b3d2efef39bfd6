import type { AggregateExpr, AggregateOp, BinaryExpr, BinaryOp, Expr, LabelMatcher, VectorMatching } from './ast.ts';
import { checkTypes } from './check.ts';
import { Cursor, type ParseOptions } from './cursor.ts';
import { type FunctionSignature, functions } from './functions.ts';
import { parseGrouping, parseVectorSelector } from './labels.ts';
import { parseNumberLiteral, unquoteAt } from './literals.ts';
import { parsePostfix } from './modifiers.ts';
import { goQuote } from './quote.ts';
import { canNameMetric, isAggregator, isPreprocessor, type TokenKind } from './tokens.ts';

/** Reads and type-checks an expression. Throws PromqlSyntaxError with Prometheus' texts. */
export function parseExpr(text: string, options: ParseOptions = {}): Expr {
  const cursor = new Cursor(text, options);
  if (cursor.is('eof')) cursor.fail({ start: 0, end: 0 }, 'no expression found in input');
  const expr = parseBinary(cursor, 0);
  if (!cursor.is('eof')) cursor.unexpected();
  if (cursor.problems.length === 0) checkTypes(expr, cursor);
  if (cursor.problems.length > 0) cursor.giveUp();
  return expr;
}

/** Reads a lone vector selector (`match[]`). Unlike parseExpr, it accepts selectors that match everything. */
export function parseSelector(text: string, options: ParseOptions = {}): LabelMatcher[] {
  const cursor = new Cursor(text, options);
  if (!cursor.is('{') && !canNameMetric(cursor.token.kind)) cursor.unexpected();
  const selector = parseVectorSelector(cursor);
  if (!cursor.is('eof')) cursor.unexpected();
  if (cursor.problems.length > 0) cursor.giveUp();
  return [...selector.matchers];
}

const precedence: ReadonlyMap<TokenKind, number> = new Map<TokenKind, number>([
  ['or', 1],
  ['and', 2],
  ['unless', 2],
  ['==', 3],
  ['!=', 3],
  ['<', 3],
  ['>', 3],
  ['<=', 3],
  ['>=', 3],
  ['</', 3],
  ['>/', 3],
  ['+', 4],
  ['-', 4],
  ['*', 5],
  ['/', 5],
  ['%', 5],
  ['atan2', 5],
  ['^', 6],
]);
const powerPrecedence = 6;

function parseBinary(cursor: Cursor, precedenceMin: number): Expr {
  let left = cursor.deeper(() => parseUnary(cursor));
  let levels = 0;
  for (;;) {
    const own = precedence.get(cursor.token.kind);
    if (own === undefined || own < precedenceMin) break;
    cursor.descend(1);
    levels++;
    const op = cursor.take().kind as BinaryOp;
    const modifiers = parseModifiers(cursor);
    const right = parseBinary(cursor, op === '^' ? own : own + 1);
    left = { kind: 'binary', op, left, right, ...modifiers, start: left.start, end: right.end };
    if (!cursor.options.experimental && hasFill(left)) {
      cursor.report(left, 'binop fill modifiers are experimental and not enabled');
    }
  }
  cursor.descend(-levels);
  return left;
}

function hasFill(expr: BinaryExpr): boolean {
  return expr.matching.fillLeft !== undefined || expr.matching.fillRight !== undefined;
}

function parseModifiers(cursor: Cursor): { bool: boolean; matching: VectorMatching } {
  const bool = cursor.accept('bool') !== undefined;
  let matching: VectorMatching = { cardinality: 'one-to-one', on: false, labels: [], include: [] };
  if (cursor.is('on', 'ignoring')) {
    const on = cursor.take().kind === 'on';
    matching = { ...matching, on, labels: parseGrouping(cursor) };
    if (cursor.is('group_left', 'group_right')) {
      const cardinality = cursor.take().kind === 'group_left' ? 'many-to-one' : 'one-to-many';
      matching = { ...matching, cardinality, include: cursor.is('(') ? parseGrouping(cursor) : [] };
    }
  }
  return { bool, matching: parseFills(cursor, matching) };
}

function parseFills(cursor: Cursor, matching: VectorMatching): VectorMatching {
  if (cursor.accept('fill')) {
    const value = parseFillValue(cursor);
    return { ...matching, fillLeft: value, fillRight: value };
  }
  let filled = matching;
  if (cursor.accept('fill_left')) {
    filled = { ...filled, fillLeft: parseFillValue(cursor) };
    if (cursor.accept('fill_right')) filled = { ...filled, fillRight: parseFillValue(cursor) };
  } else if (cursor.accept('fill_right')) {
    filled = { ...filled, fillRight: parseFillValue(cursor) };
    if (cursor.accept('fill_left')) filled = { ...filled, fillLeft: parseFillValue(cursor) };
  }
  return filled;
}

function parseFillValue(cursor: Cursor): number {
  cursor.expect('(');
  const sign = cursor.is('+', '-') ? cursor.take().kind : '+';
  if (!cursor.is('number', 'duration')) cursor.unexpected();
  const { value } = parseNumberLiteral(cursor);
  cursor.expect(')');
  return sign === '-' ? -value : value;
}

/** A sign binds looser than `^` and tighter than `*`. */
function parseUnary(cursor: Cursor): Expr {
  if (!cursor.is('+', '-')) return parsePostfix(cursor, parsePrimary(cursor));
  const sign = cursor.take();
  const op = sign.kind as '+' | '-';
  const expr = parseBinary(cursor, powerPrecedence);
  if (expr.kind === 'number') return { ...expr, value: op === '-' ? -expr.value : expr.value, start: sign.start };
  return { kind: 'unary', op, expr, start: sign.start, end: expr.end };
}

function parsePrimary(cursor: Cursor): Expr {
  const { kind } = cursor.token;
  if (kind === 'number' || kind === 'duration') return parseNumberLiteral(cursor);
  if (kind === 'string') {
    const token = cursor.take();
    return { kind: 'string', value: unquoteAt(cursor, token), start: token.start, end: token.end };
  }
  if (kind === '(') {
    const open = cursor.take();
    const expr = parseBinary(cursor, 0);
    return { kind: 'paren', expr, start: open.start, end: cursor.expect(')').end };
  }
  if (isAggregator(kind) && startsAggregation(cursor.peekKind())) return parseAggregate(cursor);
  if ((kind === 'identifier' || isPreprocessor(kind)) && cursor.peekKind() === '(') return parseCall(cursor);
  if (kind === '{' || canNameMetric(kind)) return parseVectorSelector(cursor);
  return cursor.unexpected();
}

function startsAggregation(kind: TokenKind | undefined): boolean {
  return kind === '(' || kind === 'by' || kind === 'without';
}

function parseAggregate(cursor: Cursor): Expr {
  const operator = cursor.take();
  const op = operator.kind as AggregateOp;
  const read = cursor.expecting('aggregation', '', () => {
    const before = parseAggregateModifier(cursor);
    return { before, args: parseArguments(cursor) };
  });
  const modifier = read.before ?? parseAggregateModifier(cursor) ?? { grouping: [], without: false };
  const span = { start: operator.start, end: cursor.lastEnd };
  return assembleAggregate(cursor, { op, ...modifier, ...span }, read.args);
}

function parseAggregateModifier(cursor: Cursor): { grouping: readonly string[]; without: boolean } | undefined {
  if (!cursor.is('by', 'without')) return undefined;
  const without = cursor.take().kind === 'without';
  return { grouping: parseGrouping(cursor), without };
}

const withParameter: ReadonlySet<string> = new Set('topk bottomk count_values quantile limitk limit_ratio'.split(' '));

type AggregateHead = Omit<AggregateExpr, 'kind' | 'expr' | 'param'>;

function assembleAggregate(cursor: Cursor, head: AggregateHead, args: readonly Expr[]): Expr {
  const fallback: Expr = { kind: 'number', value: 0, duration: false, start: head.start, end: head.end };
  if (args.length === 0) {
    cursor.report(head, 'no arguments for aggregate expression provided');
    return fallback;
  }
  const isExperimental = head.op === 'limitk' || head.op === 'limit_ratio';
  if (isExperimental && !cursor.options.experimental) {
    const flag = '--enable-feature=promql-experimental-functions';
    cursor.report(head, `${head.op}() is experimental and must be enabled with ${flag}`);
    return fallback;
  }
  const wanted = withParameter.has(head.op) ? 2 : 1;
  const expr = args[wanted - 1];
  if (args.length !== wanted || expr === undefined) {
    const counts = `expected ${wanted}, got ${args.length}`;
    cursor.report(head, `wrong number of arguments for aggregate expression provided, ${counts}`);
    return fallback;
  }
  return { kind: 'aggregate', ...head, expr, param: wanted === 2 ? args[0] : undefined };
}

function parseCall(cursor: Cursor): Expr {
  const name = cursor.take();
  const args = parseArguments(cursor);
  const func = functions.get(name.text);
  if (func === undefined) cursor.report(name, `unknown function with name ${goQuote(name.text)}`);
  if (func?.experimental && !cursor.options.experimental) {
    cursor.report(name, `function ${goQuote(name.text)} is not enabled`);
  }
  return { kind: 'call', func: func ?? unknownFunction(name.text), args, start: name.start, end: cursor.lastEnd };
}

/** Stands in the tree while further problems are collected; a tree with it is never handed out. */
function unknownFunction(name: string): FunctionSignature {
  return { name, argTypes: [], variadic: -1, returnType: 'none', experimental: false };
}

function parseArguments(cursor: Cursor): Expr[] {
  cursor.expect('(');
  const args: Expr[] = [];
  if (cursor.accept(')')) return args;
  for (;;) {
    args.push(parseBinary(cursor, 0));
    const comma = cursor.accept(',');
    if (comma !== undefined && cursor.is(')')) {
      cursor.report(comma, 'trailing commas not allowed in function call args');
    }
    if (comma === undefined || cursor.is(')')) break;
  }
  cursor.expect(')');
  return args;
}
