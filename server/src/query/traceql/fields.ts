/** The fields that a query looks at, and the columns they are read from. */
import type { Field, FieldExpr, IntrinsicName, Pipeline, SpansetSource, Stage } from '@farol/traceql';
import { integers, joinSql, type Sql, sql, text } from '#store';

/** Two fields that are the same have the same key; `duration` and `span:duration` are. */
export function fieldKey(field: Field): string {
  if (field.kind === 'intrinsic') return field.name;
  return `${field.scope ?? ''}.${field.name}`;
}

/** Each field once, in the order of the text. */
export function fieldsOf(pipeline: Pipeline): Field[] {
  const found = new Map<string, Field>();
  const add = (field: Field): void => {
    const key = fieldKey(field);
    if (!found.has(key)) found.set(key, field);
  };
  for (const stage of pipeline.stages) eachField(stage, add);
  return [...found.values()];
}

function eachField(stage: Stage | SpansetSource, add: (field: Field) => void): void {
  switch (stage.kind) {
    case 'filter':
    case 'by':
      eachIn(stage.expr, add);
      return;
    case 'spansets':
      eachField(stage.lhs, add);
      eachField(stage.rhs, add);
      return;
    case 'pipeline':
      for (const inner of stage.stages) eachField(inner, add);
      return;
    case 'scalarfilter':
      if (stage.lhs.kind === 'aggregate') eachField(stage.lhs, add);
      return;
    case 'aggregate':
      if (stage.expr !== undefined) eachIn(stage.expr, add);
      return;
    case 'select':
      for (const field of stage.fields) add(field);
      return;
    case 'coalesce':
      return;
  }
}

export function eachIn(expr: FieldExpr, add: (field: Field) => void): void {
  switch (expr.kind) {
    case 'static':
      return;
    case 'attribute':
    case 'intrinsic':
      add(expr);
      return;
    case 'unary':
    case 'exists':
      eachIn(expr.expr, add);
      return;
    case 'binary':
      eachIn(expr.lhs, add);
      eachIn(expr.rhs, add);
      return;
  }
}

/** The map columns an attribute may stand in, in the order they are looked at. */
export interface AttributeMap {
  readonly values: Sql;
  readonly types: Sql;
}

const spanMap: AttributeMap = { values: sql`attributes`, types: sql`attributes_types` };
const resourceMap: AttributeMap = { values: sql`resource`, types: sql`resource_types` };
const scopeMap: AttributeMap = { values: sql`scope`, types: sql`scope_types` };

export function mapsOf(field: Field): readonly AttributeMap[] {
  if (field.kind === 'intrinsic') return [];
  switch (field.scope) {
    case 'span':
      return [spanMap];
    case 'resource':
      return [resourceMap];
    case 'instrumentation':
      return [scopeMap];
    case undefined:
      return [spanMap, resourceMap];
    case 'event':
    case 'link':
      return [];
  }
}

/** Every span has a service, and it has a column of its own. */
export const isService = (field: Field): boolean =>
  field.kind === 'attribute' && field.scope === 'resource' && field.name === 'service.name';

/** `[there, text, type]`, the type '' for a string. */
export type Cell = readonly [there: number, value: string, type: string];

const columnOf: ReadonlyMap<IntrinsicName, Sql> = new Map([
  ['span:duration', sql`tuple(1, toString(duration_ns), 'duration')`],
  ['span:name', sql`tuple(1, toString(name), '')`],
  ['span:kind', sql`tuple(1, toString(kind), 'kind')`],
  ['span:status', sql`tuple(1, toString(status), 'status')`],
  ['span:statusMessage', sql`tuple(1, status_message, '')`],
  ['span:id', sql`tuple(1, span_id, '')`],
  ['span:parentID', sql`tuple(1, parent_span_id, '')`],
  ['trace:id', sql`tuple(1, trace_id, '')`],
  ['instrumentation:name', sql`tuple(1, toString(scope_name), '')`],
  ['instrumentation:version', sql`tuple(1, toString(scope_version), '')`],
]);

const nothing = sql`tuple(0, '', '')`;

/** A field as a cell; undefined when no column of the span's own row tells it. */
export function cellSql(field: Field): Sql | undefined {
  if (field.kind === 'intrinsic') return columnOf.get(field.name);
  if (isService(field)) return sql`tuple(1, toString(service), '')`;
  const maps = mapsOf(field);
  if (maps.length === 0) return undefined;
  const key = text(field.name);
  const choices = maps.map(
    ({ values, types }) => sql`mapContains(${values}, ${key}), tuple(1, ${values}[${key}], toString(${types}[${key}]))`,
  );
  return sql`multiIf(${joinSql(choices, ', ')}, ${nothing})`;
}

/** `f0`, `f1` … */
export const alias = (index: number): Sql => sql`f${integers([index])}`;
