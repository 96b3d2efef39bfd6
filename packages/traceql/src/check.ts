/** Whether a query that reads well means something: types fit, patterns are RE2, aggregates look at the span. */
import type {
  AggregateExpr,
  CompareStage,
  FieldExpr,
  MetricsExpr,
  Query,
  ScalarExpr,
  ScalarFilter,
  SecondStage,
  SeriesStage,
  Span,
  Stage,
} from './ast.ts';
import { fieldProblem, invalid, isReserved, type PatternCheck, unsupported } from './checkfield.ts';
import type { QueryProblem } from './errors.ts';
import { printAggregate, printField, printFilter, printScalarFilter } from './print.ts';
import { areOperands, isNumeric, refersToSpan, scalarType, takes, typeOf } from './types.ts';

/** The first problem, in reading order. `patternProblem` says why a text is not RE2, or nothing when it is. */
export function checkQuery(query: Query, patternProblem: PatternCheck): QueryProblem | undefined {
  const { body } = query;
  switch (body.kind) {
    case 'pipeline':
      return firstOf(body.stages, (stage) => stageProblem(stage, patternProblem));
    case 'scalarfilter':
      return scalarFilterProblem(body, patternProblem);
    case 'metrics':
    case 'math':
    case 'scaled':
      return metricsProblem(body, patternProblem) ?? comparesOnlyAlone(body);
  }
}

function firstOf<T>(items: readonly T[], problemOf: (item: T) => QueryProblem | undefined): QueryProblem | undefined {
  for (const item of items) {
    const problem = problemOf(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

type StageLike = Stage | ScalarExpr;

function stageProblem(stage: StageLike, pattern: PatternCheck): QueryProblem | undefined {
  switch (stage.kind) {
    case 'filter':
      return fieldProblem(stage.expr, pattern) ?? notBoolean(stage.expr, stage, printFilter(stage));
    case 'spansets':
      return stageProblem(stage.lhs, pattern) ?? stageProblem(stage.rhs, pattern);
    case 'pipeline':
      return firstOf(stage.stages, (inner) => stageProblem(inner, pattern));
    case 'scalarfilter':
      return scalarFilterProblem(stage, pattern);
    case 'by':
      if (!refersToSpan(stage.expr)) {
        return invalid(`grouping field expressions must reference the span: by(${printField(stage.expr)})`, stage);
      }
      return fieldProblem(stage.expr, pattern);
    case 'select':
      return firstOf(stage.fields, isReserved);
    case 'aggregate':
      return aggregateProblem(stage, pattern);
    case 'scalar':
      return (
        stageProblem(stage.lhs, pattern) ??
        stageProblem(stage.rhs, pattern) ??
        scalarTypesProblem(stage, 'scalar operation')
      );
    case 'coalesce':
    case 'static':
      return undefined;
  }
}

function notBoolean(expr: FieldExpr, at: Span, text: string): QueryProblem | undefined {
  const type = typeOf(expr);
  if (type === 'attribute' || type === 'bool') return undefined;
  return invalid(`span filter field expressions must resolve to a boolean: ${text}`, at);
}

function aggregateProblem(aggregate: AggregateExpr, pattern: PatternCheck): QueryProblem | undefined {
  const { expr } = aggregate;
  if (expr === undefined) return undefined;
  const inner = fieldProblem(expr, pattern);
  if (inner !== undefined) return inner;
  const type = typeOf(expr);
  if (type !== 'attribute' && !isNumeric(type)) {
    return invalid(
      `aggregate field expressions must resolve to a number type: ${printAggregate(aggregate)}`,
      aggregate,
    );
  }
  if (refersToSpan(expr)) return undefined;
  return invalid(`aggregate field expressions must reference the span: ${printAggregate(aggregate)}`, aggregate);
}

function scalarTypesProblem(
  { op, lhs, rhs, start, end }: Pick<ScalarFilter, 'lhs' | 'rhs'> & Span & { readonly op: Parameters<typeof takes>[0] },
  text: string,
): QueryProblem | undefined {
  const a = scalarType(lhs);
  const b = scalarType(rhs);
  if (!areOperands(a, b)) return invalid(`binary operations must operate on the same type: ${text}`, { start, end });
  if (takes(op, a) && takes(op, b)) return undefined;
  return invalid(`illegal operation for the given types: ${text}`, { start, end });
}

/** Aggregates are compared with numbers only; Tempo reads more than it answers. */
function scalarFilterProblem(filter: ScalarFilter, pattern: PatternCheck): QueryProblem | undefined {
  const problem =
    stageProblem(filter.lhs, pattern) ??
    stageProblem(filter.rhs, pattern) ??
    scalarTypesProblem(filter, printScalarFilter(filter));
  if (problem !== undefined) return problem;
  if (filter.lhs.kind !== 'aggregate') {
    return unsupported('a scalar filter with anything but an aggregate on its left side', filter.lhs);
  }
  if (filter.rhs.kind === 'static') return undefined;
  return unsupported('a scalar filter with anything but a number on its right side', filter.rhs);
}

function metricsProblem(expr: MetricsExpr, pattern: PatternCheck): QueryProblem | undefined {
  switch (expr.kind) {
    case 'metrics':
      return (
        firstOf(expr.pipeline.stages, (stage) => stageProblem(stage, pattern)) ??
        firstStageProblem(expr.first, pattern) ??
        firstOf(expr.after, secondStageProblem)
      );
    case 'math':
      return (
        metricsProblem(expr.lhs, pattern) ??
        metricsProblem(expr.rhs, pattern) ??
        firstOf(expr.after, secondStageProblem)
      );
    case 'scaled':
      return metricsProblem(expr.expr, pattern) ?? firstOf(expr.after, secondStageProblem);
  }
}

const groupsMax = 5;
const compareTopMax = 1000;

function firstStageProblem(stage: SeriesStage | CompareStage, pattern: PatternCheck): QueryProblem | undefined {
  if (stage.kind === 'compare') return compareProblem(stage, pattern);
  const reserved = firstOf(stage.field ? [stage.field, ...stage.by] : stage.by, isReserved);
  if (reserved !== undefined) return reserved;
  // The buckets of a histogram are a group, too.
  const bucketed = stage.op === 'histogram_over_time' || stage.op === 'quantile_over_time';
  if (stage.by.length > groupsMax - (bucketed ? 1 : 0)) {
    return unsupported(`metrics group by ${stage.by.length} values`, stage);
  }
  const outside = stage.quantiles.find((quantile) => quantile < 0 || quantile > 1);
  return outside === undefined ? undefined : invalid(`quantile must be between 0 and 1: ${outside}`, stage);
}

function compareProblem(stage: CompareStage, pattern: PatternCheck): QueryProblem | undefined {
  const inner = stageProblem(stage.selection, pattern);
  if (inner !== undefined) return inner;
  if (stage.top <= 0 || stage.top > compareTopMax) {
    return invalid(`compare() top number of values must be an integer between 1 and ${compareTopMax}`, stage);
  }
  if (stage.startNs === 0n && stage.endNs === 0n) return undefined;
  if (stage.startNs <= 0n || stage.endNs <= 0n) {
    return invalid('compare() timestamps must be positive integer unix nanoseconds', stage);
  }
  if (stage.endNs > stage.startNs) return undefined;
  return invalid('compare() end timestamp must be greater than start timestamp', stage);
}

function secondStageProblem(stage: SecondStage): QueryProblem | undefined {
  return stage.kind !== 'keep' && stage.limit <= 0 ? invalid('limit must be greater than 0', stage) : undefined;
}

function comparesOnlyAlone(expr: MetricsExpr): QueryProblem | undefined {
  if (expr.kind === 'metrics' && expr.after.length === 0) return undefined;
  const compare = comparesIn(expr);
  return compare && invalid('`compare()` cannot be used with second stage functions', compare);
}

function comparesIn(expr: MetricsExpr): CompareStage | undefined {
  switch (expr.kind) {
    case 'metrics':
      return expr.first.kind === 'compare' ? expr.first : undefined;
    case 'math':
      return comparesIn(expr.lhs) ?? comparesIn(expr.rhs);
    case 'scaled':
      return comparesIn(expr.expr);
  }
}
