/**
 * The syntax tree of PromQL: plain data, one shape per kind. Positions are UTF-16 offsets into the text, end exclusive.
 * The experimental parts (duration expressions, fill modifiers, anchored/smoothed) have their place in the shapes, so
 * that enabling them changes no consumer.
 */
import type { FunctionSignature } from './functions.ts';

export type ValueType = 'none' | 'scalar' | 'vector' | 'matrix' | 'string';

export interface Span {
  readonly start: number;
  readonly end: number;
}

export type MatchKind = '=' | '!=' | '=~' | '!~';

/** Structurally the server's `Matcher`: patterns are RE2, anchored at both ends. */
export interface LabelMatcher {
  readonly name: string;
  readonly kind: MatchKind;
  readonly value: string;
}

export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2';
export type ComparisonOp = '==' | '!=' | '<' | '>' | '<=' | '>=';
export type SetOp = 'and' | 'or' | 'unless';
/** `</` and `>/` trim native histograms. */
export type TrimOp = '</' | '>/';
export type BinaryOp = ArithmeticOp | ComparisonOp | SetOp | TrimOp;

export type AggregateOp =
  | 'sum'
  | 'avg'
  | 'count'
  | 'min'
  | 'max'
  | 'group'
  | 'stddev'
  | 'stdvar'
  | 'topk'
  | 'bottomk'
  | 'count_values'
  | 'quantile'
  | 'limitk'
  | 'limit_ratio';

export type Cardinality = 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many';

export interface VectorMatching {
  readonly cardinality: Cardinality;
  /** `on (labels)` when true, `ignoring (labels)` when false. */
  readonly on: boolean;
  readonly labels: readonly string[];
  /** Labels copied from the "one" side by group_left / group_right. */
  readonly include: readonly string[];
  readonly fillLeft?: number;
  readonly fillRight?: number;
}

/** `@ 12.5`, `@ start()`, `@ end()`. */
export type AtModifier =
  | { readonly kind: 'time'; readonly timeMs: number }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' };

export interface NumberLiteral extends Span {
  readonly kind: 'number';
  readonly value: number;
  /** Written as a duration (`5m`); the value is in seconds. */
  readonly duration: boolean;
}

export interface StringLiteral extends Span {
  readonly kind: 'string';
  readonly value: string;
}

export interface ParenExpr extends Span {
  readonly kind: 'paren';
  readonly expr: Expr;
}

export interface UnaryExpr extends Span {
  readonly kind: 'unary';
  readonly op: '+' | '-';
  readonly expr: Expr;
}

export interface BinaryExpr extends Span {
  readonly kind: 'binary';
  readonly op: BinaryOp;
  readonly left: Expr;
  readonly right: Expr;
  readonly bool: boolean;
  /** How the sides match. Present in every parsed tree; it means something between two instant vectors only. */
  readonly matching: VectorMatching;
}

export interface AggregateExpr extends Span {
  readonly kind: 'aggregate';
  readonly op: AggregateOp;
  readonly expr: Expr;
  readonly param?: Expr;
  readonly grouping: readonly string[];
  readonly without: boolean;
}

export interface CallExpr extends Span {
  readonly kind: 'call';
  readonly func: FunctionSignature;
  readonly args: readonly Expr[];
}

export interface VectorSelector extends Span {
  readonly kind: 'vector';
  /** The name outside the braces; `''` when there is none. */
  readonly name: string;
  /** In written order; the matcher made of `name` comes last. */
  readonly matchers: readonly LabelMatcher[];
  readonly offsetMs: number;
  readonly offsetExpr?: DurationExpr;
  readonly at?: AtModifier;
  /** Extended range selectors (experimental). */
  readonly extended?: 'anchored' | 'smoothed';
}

export interface MatrixSelector extends Span {
  readonly kind: 'matrix';
  readonly selector: VectorSelector;
  readonly rangeMs: number;
  readonly rangeExpr?: DurationExpr;
}

export interface SubqueryExpr extends Span {
  readonly kind: 'subquery';
  readonly expr: Expr;
  readonly rangeMs: number;
  readonly rangeExpr?: DurationExpr;
  /** 0: the engine's default step. */
  readonly stepMs: number;
  readonly stepExpr?: DurationExpr;
  readonly offsetMs: number;
  readonly offsetExpr?: DurationExpr;
  readonly at?: AtModifier;
}

/** Arithmetic inside `[...]` and after `offset` (experimental). Values are seconds. */
export interface DurationExpr extends Span {
  readonly kind: 'duration';
  readonly op: '+' | '-' | '*' | '/' | '%' | '^' | 'step' | 'range' | 'min_of' | 'max_of';
  readonly left?: DurationTerm;
  readonly right?: DurationTerm;
  readonly wrapped: boolean;
}

export type DurationTerm = DurationExpr | NumberLiteral;

export type Expr =
  | AggregateExpr
  | BinaryExpr
  | CallExpr
  | MatrixSelector
  | NumberLiteral
  | ParenExpr
  | StringLiteral
  | SubqueryExpr
  | UnaryExpr
  | VectorSelector;

/** The type an expression evaluates to, from its shape alone (the checker has the last word). */
export function exprType(expr: Expr): ValueType {
  switch (expr.kind) {
    case 'aggregate':
    case 'vector':
      return 'vector';
    case 'matrix':
    case 'subquery':
      return 'matrix';
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'call':
      return expr.func.returnType;
    case 'paren':
    case 'unary':
      return exprType(expr.expr);
    case 'binary':
      return exprType(expr.left) === 'scalar' && exprType(expr.right) === 'scalar' ? 'scalar' : 'vector';
  }
}

/** Direct children, in Prometheus' order. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'aggregate':
      return expr.param === undefined ? [expr.expr] : [expr.expr, expr.param];
    case 'binary':
      return [expr.left, expr.right];
    case 'call':
      return expr.args;
    case 'paren':
    case 'unary':
    case 'subquery':
      return [expr.expr];
    case 'matrix':
      return [expr.selector];
    case 'number':
    case 'string':
    case 'vector':
      return [];
  }
}

/** The matchers of every vector selector in the expression, left to right. */
export function selectorsOf(expr: Expr): LabelMatcher[][] {
  if (expr.kind === 'vector') return [[...expr.matchers]];
  return childrenOf(expr).flatMap(selectorsOf);
}

/** The expression inside any number of parentheses. */
export function withoutParens(expr: Expr): Expr {
  let inner = expr;
  while (inner.kind === 'paren') inner = inner.expr;
  return inner;
}
