import {
  type AtModifier,
  type BinaryExpr,
  type DurationExpr,
  type DurationTerm,
  type Expr,
  exprType,
  type LabelMatcher,
  type VectorSelector,
} from './ast.ts';
import { formatFloat } from './print.ts';

/** The tree as Prometheus' `/api/v1/parse_query` answers it (web/api/v1/translate_ast.go). */
export function exprToJson(expr: Expr): unknown {
  switch (expr.kind) {
    case 'aggregate': {
      const { op, grouping, without } = expr;
      const param = expr.param === undefined ? null : exprToJson(expr.param);
      return { type: 'aggregation', op, expr: exprToJson(expr.expr), param, grouping, without };
    }
    case 'binary': {
      const [lhs, rhs] = [exprToJson(expr.left), exprToJson(expr.right)];
      return { type: 'binaryExpr', op: expr.op, lhs, rhs, matching: matchingToJson(expr), bool: expr.bool };
    }
    case 'call': {
      const { name, argTypes, variadic, returnType } = expr.func;
      return { type: 'call', func: { name, argTypes, variadic, returnType }, args: expr.args.map(exprToJson) };
    }
    case 'matrix': {
      const range = { range: expr.rangeMs, rangeExpr: durationToJson(expr.rangeExpr) };
      return { type: 'matrixSelector', ...range, ...selectorToJson(expr.selector) };
    }
    case 'vector':
      return { type: 'vectorSelector', ...selectorToJson(expr) };
    case 'subquery':
      return {
        type: 'subquery',
        expr: exprToJson(expr.expr),
        range: expr.rangeMs,
        rangeExpr: durationToJson(expr.rangeExpr),
        offset: expr.offsetMs,
        offsetExpr: durationToJson(expr.offsetExpr),
        step: expr.stepMs,
        stepExpr: durationToJson(expr.stepExpr),
        ...atToJson(expr.at),
      };
    case 'number':
      return { type: 'numberLiteral', val: formatFloat(expr.value) };
    case 'string':
      return { type: 'stringLiteral', val: expr.value };
    case 'paren':
      return { type: 'parenExpr', expr: exprToJson(expr.expr) };
    case 'unary':
      return { type: 'unaryExpr', op: expr.op, expr: exprToJson(expr.expr) };
  }
}

const setOperators: ReadonlySet<string> = new Set(['and', 'or', 'unless']);

function matchingToJson({ op, left, right, matching }: BinaryExpr): unknown {
  if (exprType(left) !== 'vector' || exprType(right) !== 'vector') return null;
  const { labels, on, include, fillLeft, fillRight } = matching;
  const card = setOperators.has(op) ? 'many-to-many' : matching.cardinality;
  return { card, labels, on, include, fillValues: { lhs: fillLeft ?? null, rhs: fillRight ?? null } };
}

function selectorToJson(selector: VectorSelector): Record<string, unknown> {
  return {
    name: selector.name,
    offset: selector.offsetMs,
    offsetExpr: durationToJson(selector.offsetExpr),
    matchers: selector.matchers.map(matcherToJson),
    ...atToJson(selector.at),
    anchored: selector.extended === 'anchored',
    smoothed: selector.extended === 'smoothed',
  };
}

function matcherToJson({ name, kind, value }: LabelMatcher): unknown {
  return { name, value, type: kind };
}

function atToJson(at: AtModifier | undefined): { timestamp: number | null; startOrEnd: 'start' | 'end' | null } {
  return {
    timestamp: at?.kind === 'time' ? at.timeMs : null,
    startOrEnd: at === undefined || at.kind === 'time' ? null : at.kind,
  };
}

function durationToJson(expr: DurationExpr | undefined): unknown {
  if (expr === undefined) return null;
  const { op, wrapped } = expr;
  return { type: 'durationExpr', op, lhs: termToJson(expr.left), rhs: termToJson(expr.right), wrapped };
}

function termToJson(term: DurationTerm | undefined): unknown {
  if (term?.kind !== 'number') return durationToJson(term);
  return { type: 'numberLiteral', val: formatFloat(term.value), duration: term.duration };
}
