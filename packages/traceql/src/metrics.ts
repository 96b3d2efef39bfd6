/** The stages that turn spans into series, and those that work on series. */
import type {
  CompareStage,
  ComparisonOp,
  Field,
  FilterExpr,
  Literal,
  SecondStage,
  SeriesOp,
  SeriesStage,
  StaticExpr,
} from './ast.ts';
import { folded, negated } from './constant.ts';
import type { Cursor } from './cursor.ts';
import { parseField } from './field.ts';
import { seriesWords } from './tokens.ts';

/** After a `|`. Undefined when another stage stands there. */
export function parseFirstStage(cursor: Cursor, filter: () => FilterExpr): SeriesStage | CompareStage | undefined {
  if (cursor.isWord('compare')) return compare(cursor, filter);
  return cursor.isWord(...seriesWords) ? series(cursor) : undefined;
}

function series(cursor: Cursor): SeriesStage {
  const token = cursor.take();
  const op = (token.kind === 'word' ? token.text : '') as SeriesOp;
  const about = cursor.inParens(() => argumentsOf(cursor, op));
  const by = cursor.acceptWord('by') ? cursor.inParens(() => cursor.list(() => parseField(cursor))) : [];
  return { kind: 'series', op, ...about, by, start: token.start, end: cursor.lastEnd };
}

function argumentsOf(cursor: Cursor, op: SeriesOp): { field?: Field; quantiles: readonly number[] } {
  if (op === 'rate' || op === 'count_over_time') return { quantiles: [] };
  const field = parseField(cursor);
  if (op !== 'quantile_over_time') return { field, quantiles: [] };
  cursor.expectSign(',');
  return { field, quantiles: cursor.list(() => quantile(cursor)) };
}

function quantile(cursor: Cursor): number {
  const token = cursor.take();
  const number = token.kind === 'literal' && (token.literal.type === 'int' || token.literal.type === 'float');
  return number ? Number(token.literal.value) : cursor.unexpected(token);
}

const topDefault = 10;

function compare(cursor: Cursor, filter: () => FilterExpr): CompareStage {
  const { start } = cursor.take();
  return cursor.inParens(() => {
    const selection = filter();
    const top = cursor.acceptSign(',') ? Number(cursor.expectInteger()) : topDefault;
    const within = cursor.acceptSign(',');
    const startNs = within ? cursor.expectInteger() : 0n;
    if (within) cursor.expectSign(',');
    const endNs = within ? cursor.expectInteger() : 0n;
    return { kind: 'compare', selection, top, startNs, endNs, start, end: cursor.lastEnd };
  });
}

const comparisons: ReadonlySet<string> = new Set<ComparisonOp>(['=', '!=', '<', '<=', '>', '>=']);

/** `| topk(3)` and `> 5`, in any order and number. */
export function parseSecondStages(cursor: Cursor): SecondStage[] {
  const stages: SecondStage[] = [];
  for (;;) {
    const { token } = cursor;
    if (cursor.acceptSign('|')) stages.push(ranked(cursor));
    else if (token.kind === 'sign' && comparisons.has(token.text)) {
      cursor.take();
      const literal = scalar(cursor, 0);
      stages.push({
        kind: 'keep',
        op: token.text as ComparisonOp,
        literal: literal.literal,
        start: token.start,
        end: literal.end,
      });
    } else return stages;
  }
}

function ranked(cursor: Cursor): SecondStage {
  const token = cursor.take();
  if (token.kind !== 'word' || (token.text !== 'topk' && token.text !== 'bottomk')) return cursor.unexpected(token);
  const limit = Number(cursor.inParens(() => cursor.expectInteger()));
  return { kind: token.text, limit, start: token.start, end: cursor.lastEnd };
}

/** A number to compare with, or arithmetic over numbers. */
function scalar(cursor: Cursor, powerMin: number): StaticExpr {
  let lhs = scalarOperand(cursor);
  for (;;) {
    const { token } = cursor;
    const sum = cursor.isSign('+', '-');
    const product = cursor.isSign('*', '/');
    const power = sum ? 1 : product ? 2 : 0;
    if (token.kind !== 'sign' || power === 0 || power < powerMin) return lhs;
    cursor.take();
    lhs = folded(cursor, token.text as '+' | '-' | '*' | '/', lhs, scalar(cursor, power + 1));
  }
}

function scalarOperand(cursor: Cursor): StaticExpr {
  if (cursor.isSign('(')) return cursor.inParens(() => scalar(cursor, 0));
  const token = cursor.take();
  if (token.kind === 'sign' && token.text === '-')
    return cursor.deeper(() => negated(cursor, scalarOperand(cursor), token.start));
  if (token.kind === 'literal' && isNumber(token.literal)) {
    return { kind: 'static', literal: token.literal, start: token.start, end: token.end };
  }
  return cursor.unexpected(token);
}

const isNumber = ({ type }: Literal): boolean => type === 'int' || type === 'float' || type === 'duration';
