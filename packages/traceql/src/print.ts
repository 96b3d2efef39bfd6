/** A query as text again, in one form: what it reads back to is the same tree. */
import { formatFloat, goQuote } from '@farol/promql';
import type {
  AggregateExpr,
  AttributeRef,
  Field,
  FieldExpr,
  FilterExpr,
  Literal,
  MetricsExpr,
  MetricsPipeline,
  Pipeline,
  Query,
  ScalarExpr,
  ScalarFilter,
  SecondStage,
  SpansetSource,
  Stage,
} from './ast.ts';
import { formatDuration } from './duration.ts';

export function printQuery({ body, hints }: Query): string {
  const text = printBody(body);
  if (hints.length === 0) return text;
  return `${text} with(${hints.map(({ name, literal }) => `${name}=${printLiteral(literal)}`).join(', ')})`;
}

function printBody(body: Query['body']): string {
  switch (body.kind) {
    case 'pipeline':
      return body.stages.map(printStage).join(' | ');
    case 'scalarfilter':
      return printScalarFilter(body);
    case 'metrics':
    case 'math':
    case 'scaled':
      return printMetrics(body);
  }
}

export function printLiteral(literal: Literal): string {
  switch (literal.type) {
    case 'string':
      return goQuote(literal.value);
    case 'float':
      return floatText(literal.value);
    case 'duration':
      return formatDuration(literal.value);
    case 'int':
    case 'bool':
    case 'status':
    case 'kind':
      return String(literal.value);
  }
}

/** With a point, so that it is read as a fraction again. */
function floatText(value: number): string {
  const text = formatFloat(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

export function printField(expr: FieldExpr): string {
  switch (expr.kind) {
    case 'static':
      return printLiteral(expr.literal);
    case 'attribute':
      return printAttribute(expr);
    case 'intrinsic':
      return expr.text;
    case 'exists':
      return `${operandText(expr.expr)} ${expr.negated ? '=' : '!='} nil`;
    case 'unary':
      return `${expr.op}${operandText(expr.expr)}`;
    case 'binary':
      return `${operandText(expr.lhs)} ${expr.op} ${operandText(expr.rhs)}`;
  }
}

function operandText(expr: FieldExpr): string {
  const text = printField(expr);
  return expr.kind === 'binary' || expr.kind === 'unary' || expr.kind === 'exists' ? `(${text})` : text;
}

/** The name in quotes when it holds what would end it. */
export function printAttribute({ scope, parent, name }: Omit<AttributeRef, 'kind' | 'start' | 'end'>): string {
  const plain = name !== '' && !/[\s{}()=~!<>&|^,"]/.test(name);
  const quoted = plain ? name : `"${name.replaceAll(/["\\]/g, '\\$&')}"`;
  if (parent) return `parent.${scope ? `${scope}.` : ''}${quoted}`;
  return `${scope ?? ''}.${quoted}`;
}

export const printFilter = ({ expr }: FilterExpr): string =>
  expr.kind === 'static' && expr.literal.value === true ? '{ true }' : `{ ${printField(expr)} }`;

export const printAggregate = ({ op, expr }: AggregateExpr): string => `${op}(${expr ? printField(expr) : ''})`;

function printStage(stage: Stage): string {
  switch (stage.kind) {
    case 'filter':
      return printFilter(stage);
    case 'spansets':
      return `${sourceText(stage.lhs)} ${stage.op} ${sourceText(stage.rhs)}`;
    case 'scalarfilter':
      return printScalarFilter(stage);
    case 'by':
      return `by(${printField(stage.expr)})`;
    case 'coalesce':
      return 'coalesce()';
    case 'select':
      return `select(${fieldList(stage.fields)})`;
    case 'aggregate':
      return printAggregate(stage);
  }
}

const fieldList = (fields: readonly Field[]): string => fields.map(printField).join(', ');

function sourceText(source: SpansetSource): string {
  if (source.kind === 'pipeline') return wrappedText(source);
  return source.kind === 'filter' ? printFilter(source) : `(${printStage(source)})`;
}

const wrappedText = ({ stages }: Pipeline): string => `(${stages.map(printStage).join(' | ')})`;

export const printScalarFilter = ({ op, lhs, rhs }: ScalarFilter): string =>
  `${scalarText(lhs)} ${op} ${scalarText(rhs)}`;

function scalarText(expr: ScalarExpr): string {
  switch (expr.kind) {
    case 'static':
      return printLiteral(expr.literal);
    case 'aggregate':
      return printAggregate(expr);
    case 'pipeline':
      return wrappedText(expr);
    case 'scalar':
      return `(${scalarText(expr.lhs)} ${expr.op} ${scalarText(expr.rhs)})`;
  }
}

function printMetrics(expr: MetricsExpr): string {
  return plainMetrics(expr) + expr.after.map(secondStageText).join('');
}

function plainMetrics(expr: MetricsExpr): string {
  switch (expr.kind) {
    case 'metrics':
      return `${expr.pipeline.stages.map(printStage).join(' | ')} | ${firstStageText(expr.first)}`;
    case 'math':
      return `(${printMetrics(expr.lhs)}) ${expr.op} (${printMetrics(expr.rhs)})`;
    case 'scaled': {
      const series = `(${printMetrics(expr.expr)})`;
      const value = floatText(expr.value);
      return expr.valueFirst ? `${value} ${expr.op} ${series}` : `${series} ${expr.op} ${value}`;
    }
  }
}

function firstStageText(stage: MetricsPipeline['first']): string {
  if (stage.kind === 'compare') {
    const within = stage.startNs !== 0n || stage.endNs !== 0n ? `, ${stage.startNs}, ${stage.endNs}` : '';
    return `compare(${printFilter(stage.selection)}, ${stage.top}${within})`;
  }
  const inside = [...(stage.field ? [printField(stage.field)] : []), ...stage.quantiles.map(String)];
  const by = stage.by.length > 0 ? ` by (${fieldList(stage.by)})` : '';
  return `${stage.op}(${inside.join(', ')})${by}`;
}

function secondStageText(stage: SecondStage): string {
  if (stage.kind === 'keep') return ` ${stage.op} ${printLiteral(stage.literal)}`;
  return ` | ${stage.kind}(${stage.limit})`;
}
