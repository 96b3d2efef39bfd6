import type {
  AggregateExpr,
  FilterExpr,
  MetricsExpr,
  Pipeline,
  ScalarExpr,
  ScalarFilter,
  ScalarOperation,
  SpansetExpr,
  StaticExpr,
} from './ast.ts';

/** What an operand is; operators ask, because the same signs mean different things between different operands. */
export type Operand =
  /** `{ … }`, and those joined by operators. */
  | { readonly sort: 'spanset'; readonly expr: FilterExpr | SpansetExpr }
  /** A pipeline. Only one in parentheses (`wrapped`) takes operators. */
  | { readonly sort: 'pipeline'; readonly expr: Pipeline; readonly wrapped: boolean }
  /** Wrapped pipelines joined by operators. */
  | { readonly sort: 'spansets'; readonly expr: SpansetExpr }
  /** A number. */
  | { readonly sort: 'constant'; readonly expr: StaticExpr }
  /** Arithmetic with an aggregate in it. */
  | { readonly sort: 'scalar'; readonly expr: AggregateExpr | ScalarOperation }
  /** A scalar compared: a stage. */
  | { readonly sort: 'filter'; readonly expr: ScalarFilter }
  /** A pipeline that ends in an aggregate, or arithmetic over such. */
  | { readonly sort: 'scalarpipeline'; readonly expr: Exclude<ScalarExpr, StaticExpr>; readonly wrapped: boolean }
  /** Those compared: a whole query. */
  | { readonly sort: 'comparison'; readonly expr: ScalarFilter }
  | { readonly sort: 'metrics'; readonly expr: MetricsExpr };
