/** The syntax tree of LogQL: plain data, one shape per kind. Positions are UTF-16 offsets into the text, end exclusive. */

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

export type Expr = LogExpr | MetricExpr;

/** `{app="a"} |= "x" | json`: lines of streams, through a pipeline. */
export interface LogExpr extends Span {
  readonly kind: 'log';
  /** In written order. Empty for `{}`, which only a validated query refuses. */
  readonly matchers: readonly LabelMatcher[];
  readonly stages: readonly Stage[];
}

export type Stage =
  | LineFilterStage
  | JsonStage
  | LogfmtStage
  | RegexpStage
  | PatternStage
  | UnpackStage
  | DecolorizeStage
  | LineFormatStage
  | LabelFormatStage
  | LabelFilterStage
  | DropStage
  | KeepStage;

export type LineFilterOp = '|=' | '!=' | '|~' | '!~' | '|>' | '!>';

/** A line passes a positive filter when any operand matches, a negative one when none does. */
export interface LineFilterStage extends Span {
  readonly kind: 'line';
  readonly op: LineFilterOp;
  /** At least one: `|= "a" or ip("10.0.0.0/8")` has two. */
  readonly operands: readonly LineFilterOperand[];
}

export interface LineFilterOperand {
  readonly kind: 'text' | 'ip';
  readonly value: string;
}

/** `name="path"`; a bare `name` has itself as its path. */
export interface Extraction {
  readonly name: string;
  readonly path: string;
}

export interface JsonStage extends Span {
  readonly kind: 'json';
  /** Empty: every field. */
  readonly extractions: readonly Extraction[];
}

export interface LogfmtStage extends Span {
  readonly kind: 'logfmt';
  readonly extractions: readonly Extraction[];
  readonly strict: boolean;
  readonly keepEmpty: boolean;
}

export interface RegexpStage extends Span {
  readonly kind: 'regexp';
  readonly pattern: string;
}

export interface PatternStage extends Span {
  readonly kind: 'pattern';
  readonly pattern: string;
}

export interface UnpackStage extends Span {
  readonly kind: 'unpack';
}

export interface DecolorizeStage extends Span {
  readonly kind: 'decolorize';
}

export interface LineFormatStage extends Span {
  readonly kind: 'line_format';
  readonly template: string;
}

export interface LabelFormatStage extends Span {
  readonly kind: 'label_format';
  readonly formats: readonly LabelFormat[];
}

/** `to=from` renames, `to="template"` sets. */
export type LabelFormat =
  | { readonly kind: 'rename'; readonly to: string; readonly from: string }
  | { readonly kind: 'template'; readonly to: string; readonly template: string };

export interface LabelFilterStage extends Span {
  readonly kind: 'filter';
  readonly filter: LabelFilter;
}

export type CompareOp = '==' | '!=' | '>' | '>=' | '<' | '<=';

export type LabelFilter =
  | { readonly kind: 'and' | 'or'; readonly left: LabelFilter; readonly right: LabelFilter }
  | { readonly kind: 'match'; readonly matcher: LabelMatcher }
  | { readonly kind: 'ip'; readonly name: string; readonly op: '=' | '!='; readonly pattern: string }
  | { readonly kind: 'number'; readonly name: string; readonly op: CompareOp; readonly value: number }
  /** The value is in nanoseconds. */
  | { readonly kind: 'duration'; readonly name: string; readonly op: CompareOp; readonly value: number }
  | { readonly kind: 'bytes'; readonly name: string; readonly op: CompareOp; readonly value: number };

/** A label by name, or only where its value matches. */
export type LabelChoice =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'match'; readonly matcher: LabelMatcher };

export interface DropStage extends Span {
  readonly kind: 'drop';
  readonly labels: readonly LabelChoice[];
}

export interface KeepStage extends Span {
  readonly kind: 'keep';
  readonly labels: readonly LabelChoice[];
}

export type MetricExpr = RangeExpr | AggregateExpr | BinaryExpr | NumberLiteral | VectorExpr | LabelReplaceExpr;

export type RangeOp = (typeof rangeOps)[number];
export const rangeOps = [
  ...(['rate', 'rate_counter', 'count_over_time', 'bytes_rate', 'bytes_over_time', 'absent_over_time'] as const),
  ...(['sum_over_time', 'avg_over_time', 'min_over_time', 'max_over_time', 'stddev_over_time'] as const),
  ...(['stdvar_over_time', 'quantile_over_time', 'first_over_time', 'last_over_time'] as const),
] as const;

export interface RangeExpr extends Span {
  readonly kind: 'range';
  readonly op: RangeOp;
  /** The quantile of `quantile_over_time`. */
  readonly param?: number;
  readonly range: LogRange;
  readonly grouping?: Grouping;
}

/** `{app="a"} | json | unwrap x [5m] offset 1m`. */
export interface LogRange extends Span {
  readonly log: LogExpr;
  readonly unwrap?: Unwrap;
  readonly rangeMs: number;
  /** May be fractional and negative; 0 when there is none. */
  readonly offsetMs: number;
}

export type Conversion = 'bytes' | 'duration' | 'duration_seconds';

export interface Unwrap extends Span {
  readonly name: string;
  readonly conversion?: Conversion;
  /** `| unwrap x | __error__=""`: all of them must hold. */
  readonly filters: readonly LabelFilter[];
}

export interface Grouping {
  readonly without: boolean;
  readonly labels: readonly string[];
}

export type AggregateOp = (typeof aggregateOps)[number];
export const aggregateOps = [
  ...(['sum', 'avg', 'min', 'max', 'count', 'stddev', 'stdvar'] as const),
  ...(['topk', 'bottomk', 'approx_topk', 'sort', 'sort_desc'] as const),
] as const;

export interface AggregateExpr extends Span {
  readonly kind: 'aggregate';
  readonly op: AggregateOp;
  /** The k of topk, bottomk and approx_topk: a whole number above 0. */
  readonly param?: number;
  readonly expr: MetricExpr;
  /** Absent when not written; `by ()` and `without ()` are present and empty. */
  readonly grouping?: Grouping;
}

export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '^';
export type SetOp = 'and' | 'or' | 'unless';
export type BinaryOp = ArithmeticOp | CompareOp | SetOp;

export interface VectorMatching {
  readonly cardinality: 'one-to-one' | 'many-to-one' | 'one-to-many';
  /** `on (labels)` when true, `ignoring (labels)` when false. */
  readonly on: boolean;
  readonly labels: readonly string[];
  /** Labels copied from the "one" side by group_left / group_right. */
  readonly include: readonly string[];
}

export interface BinaryExpr extends Span {
  readonly kind: 'binary';
  readonly op: BinaryOp;
  readonly left: MetricExpr;
  readonly right: MetricExpr;
  readonly bool: boolean;
  readonly matching: VectorMatching;
}

export interface NumberLiteral extends Span {
  readonly kind: 'number';
  readonly value: number;
}

export interface VectorExpr extends Span {
  readonly kind: 'vector';
  readonly value: number;
}

export interface LabelReplaceExpr extends Span {
  readonly kind: 'label_replace';
  readonly expr: MetricExpr;
  readonly to: string;
  readonly replacement: string;
  readonly from: string;
  /** RE2, anchored at both ends. */
  readonly pattern: string;
}

/** The log selections of an expression, left to right. */
export function logsOf(expr: Expr): LogExpr[] {
  switch (expr.kind) {
    case 'log':
      return [expr];
    case 'range':
      return [expr.range.log];
    case 'aggregate':
    case 'label_replace':
      return logsOf(expr.expr);
    case 'binary':
      return [...logsOf(expr.left), ...logsOf(expr.right)];
    case 'number':
    case 'vector':
      return [];
  }
}
