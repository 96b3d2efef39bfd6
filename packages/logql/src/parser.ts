import type { AggregateExpr, AggregateOp, Expr, Grouping, LabelMatcher, MetricExpr, RangeOp, Span } from './ast.ts';
import { aggregateOps, rangeOps } from './ast.ts';
import { parseBinary } from './binary.ts';
import { Cursor, type ParseOptions } from './cursor.ts';
import { LogqlSyntaxError } from './errors.ts';
import { parseGoFloat } from './gonumber.ts';
import { parseSignedNumber } from './labelfilters.ts';
import { parseLabelNames } from './labelnames.ts';
import { parseLog, parseLogRange } from './logrange.ts';
import { rangeProblem } from './rangeops.ts';

/** Reads and checks a query. Throws LogqlSyntaxError with Loki's texts. */
export function parseExpr(text: string, options: ParseOptions = {}): Expr {
  const cursor = new Cursor(text, options);
  const expr = parseBinary(cursor, parsePrimary);
  cursor.finish();
  return expr;
}

/** Reads a lone stream selector (`match[]`). */
export function parseSelector(text: string, options: ParseOptions = {}): readonly LabelMatcher[] {
  const expr = parseExpr(text, options);
  if (expr.kind !== 'log' || expr.stages.length > 0) throw new LogqlSyntaxError('only label matchers are supported');
  return expr.matchers;
}

const rangeKinds = new Map<string, RangeOp>(rangeOps.map((op) => [op.toUpperCase(), op]));
const aggregateKinds = new Map<string, AggregateOp>(aggregateOps.map((op) => [op.toUpperCase(), op]));

function parsePrimary(cursor: Cursor): Expr {
  const { kind, start } = cursor.token;
  if (kind === 'NUMBER' || kind === '+' || kind === '-') {
    return { kind: 'number', value: parseSignedNumber(cursor), start, end: cursor.lastEnd };
  }
  if (kind === '{') return parseLog(cursor);
  if (kind === '(') return parseParenthesised(cursor);
  if (kind === 'VECTOR') return parseVector(cursor);
  if (kind === 'label_replace') return parseLabelReplace(cursor);
  const rangeOp = rangeKinds.get(kind);
  if (rangeOp !== undefined) return parseRangeAggregation(cursor, rangeOp);
  const aggregateOp = aggregateKinds.get(kind);
  if (aggregateOp !== undefined) return parseAggregation(cursor, aggregateOp);
  return cursor.unexpected();
}

function parseParenthesised(cursor: Cursor): Expr {
  cursor.expect('(');
  const expr = parseBinary(cursor, parsePrimary);
  cursor.expect(')', []);
  return expr;
}

function parseMetric(cursor: Cursor): MetricExpr {
  const expr = parseBinary(cursor, parsePrimary);
  return expr.kind === 'log' ? cursor.unexpected() : expr;
}

function parseVector(cursor: Cursor): MetricExpr {
  const { start } = cursor.take();
  cursor.expect('(');
  const token = cursor.expect('NUMBER');
  const value = parseGoFloat(token.text);
  if (typeof value !== 'number') cursor.report(`unable to parse vectorExpr as a float: ${value.problem}`, token);
  cursor.expect(')');
  return { kind: 'vector', value: typeof value === 'number' ? value : 0, start, end: cursor.lastEnd };
}

function parseLabelReplace(cursor: Cursor): MetricExpr {
  const { start } = cursor.take();
  cursor.expect('(');
  const expr = parseMetric(cursor);
  const texts: string[] = [];
  for (let i = 0; i < 4; i++) {
    cursor.expect(',');
    texts.push(cursor.expect('STRING').text);
  }
  cursor.expect(')');
  const [to = '', replacement = '', from = '', pattern = ''] = texts;
  const span = { start, end: cursor.lastEnd };
  const problem = cursor.options.patterns?.problemOf(pattern);
  if (problem !== undefined) cursor.report(`invalid regex in label_replace: ${problem}`, span);
  return { kind: 'label_replace', expr, to, replacement, from, pattern, ...span };
}

function parseRangeAggregation(cursor: Cursor, op: RangeOp): MetricExpr {
  const { start } = cursor.take();
  cursor.expect('(');
  const param = cursor.accept('NUMBER');
  if (param !== undefined) cursor.expect(',');
  const range = parseLogRange(cursor, param === undefined ? ['NUMBER', '{', '('] : ['{', '(']);
  cursor.expect(')', []);
  const grouping = parseGrouping(cursor);
  const span = { start, end: cursor.lastEnd };
  const problem = rangeProblem({ op, param: param?.text, hasUnwrap: range.unwrap !== undefined, grouping });
  if (problem !== undefined) cursor.report(problem, span);
  const value = param === undefined ? undefined : parseGoFloat(param.text);
  if (typeof value === 'object') cursor.report(`invalid parameter for operation ${op}: ${value.problem}`, span);
  return { kind: 'range', op, param: typeof value === 'number' ? value : undefined, range, grouping, ...span };
}

function parseAggregation(cursor: Cursor, op: AggregateOp): MetricExpr {
  const { start } = cursor.take();
  const before = parseGrouping(cursor);
  cursor.expect('(', []);
  const hasParam = cursor.is('NUMBER') && cursor.peekKind() === ',';
  const param = hasParam ? cursor.take().text : undefined;
  if (hasParam) cursor.take();
  const expr = parseMetric(cursor);
  cursor.expect(')', []);
  const grouping = before ?? parseGrouping(cursor);
  return checkedAggregation(cursor, { op, expr, grouping, start, end: cursor.lastEnd }, param);
}

type Unchecked = Omit<AggregateExpr, 'kind' | 'param'>;

function checkedAggregation(cursor: Cursor, expr: Unchecked, param: string | undefined): MetricExpr {
  const problem = aggregationProblem(expr, param);
  if (problem !== undefined) cursor.report(problem, expr);
  return { kind: 'aggregate', ...expr, param: param === undefined ? undefined : Number(param) };
}

const withParameter: ReadonlySet<AggregateOp> = new Set<AggregateOp>(['topk', 'bottomk', 'approx_topk']);

function aggregationProblem({ op, grouping }: Unchecked & Span, param: string | undefined): string | undefined {
  if (op.startsWith('sort') && grouping !== undefined && grouping.labels.length > 0) {
    return "sort and sort_desc doesn't allow grouping by ";
  }
  if (!withParameter.has(op)) {
    return param === undefined ? undefined : `unsupported parameter for operation ${op}(${param},`;
  }
  if (param === undefined) return `parameter required for operation ${op}`;
  if (!/^\d+$/.test(param)) return `invalid parameter ${op}(${param},`;
  if (Number(param) <= 0) return `invalid parameter (must be greater than 0) ${op}(${param}`;
  if (op === 'approx_topk' && grouping !== undefined) return `grouping not allowed for ${op} aggregation`;
  return undefined;
}

function parseGrouping(cursor: Cursor): Grouping | undefined {
  if (!cursor.is('by', 'without')) return undefined;
  const without = cursor.take().kind === 'without';
  return { without, labels: parseLabelNames(cursor) };
}
