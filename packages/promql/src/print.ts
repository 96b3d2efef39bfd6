import {
  type AggregateExpr,
  type AtModifier,
  type BinaryExpr,
  type DurationExpr,
  type DurationTerm,
  type Expr,
  exprType,
  type LabelMatcher,
  type MatrixSelector,
  type NumberLiteral,
  type SubqueryExpr,
  type VectorSelector,
} from './ast.ts';
import { printDurationMs } from './duration.ts';
import { goQuote } from './quote.ts';

/** The expression on one line, as Prometheus prints it; parsing it gives the same tree. */
export function printExpr(expr: Expr): string {
  switch (expr.kind) {
    case 'aggregate': {
      const param = expr.param === undefined ? '' : `${printExpr(expr.param)}, `;
      return `${printAggregateHead(expr)}(${param}${printExpr(expr.expr)})`;
    }
    case 'binary':
      return `${printExpr(expr.left)} ${printOperator(expr)} ${printExpr(expr.right)}`;
    case 'call':
      return `${expr.func.name}(${expr.args.map(printExpr).join(', ')})`;
    case 'matrix':
      return printMatrix(expr);
    case 'number':
      return printNumber(expr);
    case 'paren':
      return `(${printExpr(expr.expr)})`;
    case 'string':
      return goQuote(expr.value);
    case 'subquery':
      return `${printExpr(expr.expr)}${printSubquerySuffix(expr)}`;
    case 'unary':
      return `${expr.op}${printExpr(expr.expr)}`;
    case 'vector':
      return printVector(expr);
  }
}

/** `sum by (a, b) `, with the blank that separates it from its arguments. */
export function printAggregateHead({ op, without, grouping }: AggregateExpr): string {
  if (without) return `${op} without (${printLabels(grouping)}) `;
  return grouping.length > 0 ? `${op} by (${printLabels(grouping)}) ` : op;
}

/** The operator with its modifiers: `== bool on (a) group_left (b)`. */
export function printOperator(expr: BinaryExpr): string {
  return `${expr.op}${expr.bool ? ' bool' : ''}${printMatching(expr)}`;
}

function printMatching({ left, right, matching }: BinaryExpr): string {
  if (exprType(left) !== 'vector' || exprType(right) !== 'vector') return '';
  const { on, labels, include, cardinality, fillLeft, fillRight } = matching;
  const groups = cardinality === 'many-to-one' || cardinality === 'one-to-many';
  let text = '';
  if (labels.length > 0 || on || groups) text += ` ${on ? 'on' : 'ignoring'} (${printLabels(labels)})`;
  if (groups) text += ` group_${cardinality === 'many-to-one' ? 'left' : 'right'} (${printLabels(include)})`;
  if (fillLeft !== undefined && fillLeft === fillRight) return `${text} fill (${formatFloat(fillLeft)})`;
  if (fillLeft !== undefined) text += ` fill_left (${formatFloat(fillLeft)})`;
  if (fillRight !== undefined) text += ` fill_right (${formatFloat(fillRight)})`;
  return text;
}

function printLabels(names: readonly string[]): string {
  return names.map(printLabelName).join(', ');
}

function printLabelName(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : goQuote(name);
}

/** A matcher as it stands in braces. */
export function printMatcher({ name, kind, value }: LabelMatcher): string {
  return `${printLabelName(name)}${kind}${goQuote(value)}`;
}

function printVector(expr: VectorSelector): string {
  return `${printSelector(expr)}${printAt(expr.at)}${printExtended(expr)}${printOffset(expr)}`;
}

function printMatrix({ selector, rangeMs, rangeExpr }: MatrixSelector): string {
  const range = printDuration(rangeMs, rangeExpr);
  const { at } = selector;
  return `${printSelector(selector)}[${range}]${printExtended(selector)}${printAt(at)}${printOffset(selector)}`;
}

function printSelector({ name, matchers }: VectorSelector): string {
  const isOwnName = (m: LabelMatcher) => m.name === '__name__' && m.kind === '=' && m.value === name && name !== '';
  const inner = matchers.filter((matcher) => !isOwnName(matcher)).map(printMatcher);
  return inner.length === 0 ? name : `${name}{${inner.sort().join(',')}}`;
}

function printExtended({ extended }: VectorSelector): string {
  return extended === undefined ? '' : ` ${extended}`;
}

/** `[range:step] @ time offset d`. */
export function printSubquerySuffix(expr: SubqueryExpr): string {
  const step = expr.stepMs === 0 && expr.stepExpr === undefined ? '' : printDuration(expr.stepMs, expr.stepExpr);
  return `[${printDuration(expr.rangeMs, expr.rangeExpr)}:${step}]${printAt(expr.at)}${printOffset(expr)}`;
}

function printAt(at: AtModifier | undefined): string {
  if (at === undefined) return '';
  return at.kind === 'time' ? ` @ ${(at.timeMs / 1000).toFixed(3)}` : ` @ ${at.kind}()`;
}

function printOffset({ offsetMs, offsetExpr }: { offsetMs: number; offsetExpr?: DurationExpr }): string {
  if (offsetExpr !== undefined) return ` offset ${printDurationExpr(offsetExpr)}`;
  if (offsetMs === 0) return '';
  return ` offset ${offsetMs < 0 ? '-' : ''}${printDurationMs(Math.abs(offsetMs))}`;
}

function printDuration(ms: number, expr: DurationExpr | undefined): string {
  return expr === undefined ? printDurationMs(ms) : printDurationExpr(expr);
}

function printDurationExpr(expr: DurationExpr): string {
  const text = printBareDurationExpr(expr);
  return expr.wrapped ? `(${text})` : text;
}

function printBareDurationExpr({ op, left, right }: DurationExpr): string {
  if (op === 'step' || op === 'range') return `${op}()`;
  const rightText = right === undefined ? '' : printTerm(right);
  if (left === undefined) return op === '-' ? `-${rightText}` : rightText;
  if (op === 'min_of' || op === 'max_of') return `${op}(${printTerm(left)}, ${rightText})`;
  return `${printTerm(left)} ${op} ${rightText}`;
}

function printTerm(term: DurationTerm): string {
  return term.kind === 'number' ? printNumber(term) : printDurationExpr(term);
}

function printNumber({ value, duration }: NumberLiteral): string {
  if (!duration) return formatFloat(value);
  return `${value < 0 ? '-' : ''}${printDurationMs(Math.abs(value) * 1000)}`;
}

/** Go's `FormatFloat(value, 'f', -1, 64)`: the shortest digits that read back the same, without an exponent. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const text = String(value);
  const parts = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (parts === null) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, '0')}`;
}
