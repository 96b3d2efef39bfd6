/** TraceQL as a tree. Every node knows where it stands in the text: `start` and `end` are offsets in UTF-16 units. */

export interface Span {
  readonly start: number;
  readonly end: number;
}

export type StatusName = 'ok' | 'error' | 'unset';
export type KindName = 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** A value that is written out. Durations are in nanoseconds. */
export type Literal =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'int'; readonly value: bigint }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'duration'; readonly value: number }
  | { readonly type: 'status'; readonly value: StatusName }
  | { readonly type: 'kind'; readonly value: KindName };

export interface StaticExpr extends Span {
  readonly kind: 'static';
  readonly literal: Literal;
}

export type AttributeScope = 'span' | 'resource' | 'event' | 'link' | 'instrumentation';

/** `.a`, `span.a`, `parent.resource.a` … */
export interface AttributeRef extends Span {
  readonly kind: 'attribute';
  /** Without one, the span is looked at first, then its resource. */
  readonly scope?: AttributeScope;
  readonly parent: boolean;
  readonly name: string;
}

/** What a span has without being told; the names are those of the scoped form. */
export type IntrinsicName =
  | 'span:duration'
  | 'span:name'
  | 'span:kind'
  | 'span:status'
  | 'span:statusMessage'
  | 'span:id'
  | 'span:parentID'
  | 'span:childCount'
  | 'trace:duration'
  | 'trace:rootName'
  | 'trace:rootService'
  | 'trace:id'
  | 'event:name'
  | 'event:timeSinceStart'
  | 'link:traceID'
  | 'link:spanID'
  | 'instrumentation:name'
  | 'instrumentation:version'
  | 'nestedSetLeft'
  | 'nestedSetRight'
  | 'nestedSetParent'
  | 'parent';

export interface IntrinsicRef extends Span {
  readonly kind: 'intrinsic';
  readonly name: IntrinsicName;
  /** As it was written, in its short form or its scoped one. */
  readonly text: string;
}

export type Field = AttributeRef | IntrinsicRef;

export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '^';
export type ComparisonOp = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type FieldOp = ArithmeticOp | ComparisonOp | '=~' | '!~' | '&&' | '||';

export interface BinaryExpr extends Span {
  readonly kind: 'binary';
  readonly op: FieldOp;
  readonly lhs: FieldExpr;
  readonly rhs: FieldExpr;
}

export interface UnaryExpr extends Span {
  readonly kind: 'unary';
  readonly op: '-' | '!';
  readonly expr: FieldExpr;
}

/** `x != nil`, or negated `x = nil`. */
export interface ExistsExpr extends Span {
  readonly kind: 'exists';
  readonly negated: boolean;
  readonly expr: FieldExpr;
}

export type FieldExpr = StaticExpr | Field | BinaryExpr | UnaryExpr | ExistsExpr;

export type StructuralOp =
  | '>'
  | '>>'
  | '<'
  | '<<'
  | '~'
  | '!>'
  | '!>>'
  | '!<'
  | '!<<'
  | '!~'
  | '&>'
  | '&>>'
  | '&<'
  | '&<<'
  | '&~';

/** `{ … }` */
export interface FilterExpr extends Span {
  readonly kind: 'filter';
  readonly expr: FieldExpr;
}

export interface SpansetExpr extends Span {
  readonly kind: 'spansets';
  readonly op: StructuralOp | '&&' | '||';
  readonly lhs: SpansetSource;
  readonly rhs: SpansetSource;
}

export type SpansetSource = FilterExpr | SpansetExpr | Pipeline;

export type AggregateOp = 'count' | 'avg' | 'min' | 'max' | 'sum';

export interface AggregateExpr extends Span {
  readonly kind: 'aggregate';
  readonly op: AggregateOp;
  /** Absent for `count()`. */
  readonly expr?: FieldExpr;
}

export interface ScalarOperation extends Span {
  readonly kind: 'scalar';
  readonly op: ArithmeticOp;
  readonly lhs: ScalarExpr;
  readonly rhs: ScalarExpr;
}

/** A pipeline here is one in parentheses that ends in an aggregate. */
export type ScalarExpr = StaticExpr | AggregateExpr | ScalarOperation | Pipeline;

export interface ScalarFilter extends Span {
  readonly kind: 'scalarfilter';
  readonly op: ComparisonOp;
  readonly lhs: ScalarExpr;
  readonly rhs: ScalarExpr;
}

export interface GroupStage extends Span {
  readonly kind: 'by';
  readonly expr: FieldExpr;
}

export interface CoalesceStage extends Span {
  readonly kind: 'coalesce';
}

export interface SelectStage extends Span {
  readonly kind: 'select';
  readonly fields: readonly Field[];
}

export type Stage = FilterExpr | SpansetExpr | ScalarFilter | GroupStage | CoalesceStage | SelectStage | AggregateExpr;

/** An aggregate stands only at the end, and only where the pipeline is an operand of scalar arithmetic. */
export interface Pipeline extends Span {
  readonly kind: 'pipeline';
  readonly stages: readonly Stage[];
}

export type SeriesOp =
  | 'rate'
  | 'count_over_time'
  | 'min_over_time'
  | 'max_over_time'
  | 'avg_over_time'
  | 'sum_over_time'
  | 'quantile_over_time'
  | 'histogram_over_time';

export interface SeriesStage extends Span {
  readonly kind: 'series';
  readonly op: SeriesOp;
  /** Absent for `rate` and `count_over_time`. */
  readonly field?: Field;
  readonly quantiles: readonly number[];
  readonly by: readonly Field[];
}

export interface CompareStage extends Span {
  readonly kind: 'compare';
  readonly selection: FilterExpr;
  /** How many values of each attribute are told. */
  readonly top: number;
  /** Nanoseconds since the epoch; 0 for no limit in time. */
  readonly startNs: bigint;
  readonly endNs: bigint;
}

/** What is done with series: the largest or smallest few at each step, or only those points that compare. */
export type SecondStage =
  | (Span & { readonly kind: 'topk' | 'bottomk'; readonly limit: number })
  | (Span & { readonly kind: 'keep'; readonly op: ComparisonOp; readonly literal: Literal });

export interface MetricsPipeline extends Span {
  readonly kind: 'metrics';
  readonly pipeline: Pipeline;
  readonly first: SeriesStage | CompareStage;
  readonly after: readonly SecondStage[];
}

export type MetricsOp = '+' | '-' | '*' | '/';

export interface MetricsMath extends Span {
  readonly kind: 'math';
  readonly op: MetricsOp;
  readonly lhs: MetricsExpr;
  readonly rhs: MetricsExpr;
  readonly after: readonly SecondStage[];
}

/** Series and a number: `value` stands on the left when `valueFirst`. */
export interface MetricsScaled extends Span {
  readonly kind: 'scaled';
  readonly op: MetricsOp;
  readonly value: number;
  readonly valueFirst: boolean;
  readonly expr: MetricsExpr;
  readonly after: readonly SecondStage[];
}

export type MetricsExpr = MetricsPipeline | MetricsMath | MetricsScaled;

export interface Hint extends Span {
  readonly name: string;
  readonly literal: Literal;
}

/** A scalar filter here compares whole pipelines. */
export type QueryBody = Pipeline | ScalarFilter | MetricsExpr;

export interface Query {
  readonly body: QueryBody;
  readonly hints: readonly Hint[];
}
