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

/** One place that an attribute may stand in, as SQL about a span's row. */
export interface AttributePlace {
  readonly there: Sql;
  readonly held: Sql;
  /** '' for a string. */
  readonly type: Sql;
  /** A column of its own, where it has one: it holds all three. */
  readonly column?: Sql;
  readonly maps: AttributeMaps;
}

interface AttributeMaps {
  readonly values: Sql;
  readonly types: Sql;
}

const spanMaps: AttributeMaps = { values: sql`attributes`, types: sql`attributes_types` };
const resourceMaps: AttributeMaps = { values: sql`resource`, types: sql`resource_types` };
const scopeMaps: AttributeMaps = { values: sql`scope`, types: sql`scope_types` };

/** Attributes with a column of their own (store/schema/005-spans-1-copied.sql). */
const spanColumns: ReadonlyMap<string, Sql> = new Map([
  ['http.request.method', sql`span_http_request_method`],
  ['http.response.status_code', sql`span_http_response_status_code`],
  ['http.route', sql`span_http_route`],
  ['http.method', sql`span_http_method`],
  ['http.status_code', sql`span_http_status_code`],
  ['db.system.name', sql`span_db_system_name`],
  ['db.system', sql`span_db_system`],
  ['db.operation.name', sql`span_db_operation_name`],
  ['rpc.service', sql`span_rpc_service`],
  ['rpc.method', sql`span_rpc_method`],
  ['messaging.destination.name', sql`span_messaging_destination_name`],
  ['error.type', sql`span_error_type`],
]);
const resourceColumns: ReadonlyMap<string, Sql> = new Map([
  ['service.version', sql`resource_service_version`],
  ['service.namespace', sql`resource_service_namespace`],
  ['deployment.environment.name', sql`resource_deployment_environment_name`],
  ['deployment.environment', sql`resource_deployment_environment`],
  ['k8s.namespace.name', sql`resource_k8s_namespace_name`],
  ['k8s.pod.name', sql`resource_k8s_pod_name`],
  ['host.name', sql`resource_host_name`],
]);

/** In the order they are looked at. */
export function placesOf(field: Field): readonly AttributePlace[] {
  if (field.kind === 'intrinsic') return [];
  const { name } = field;
  switch (field.scope) {
    case 'span':
      return [placeIn(spanMaps, name, spanColumns.get(name))];
    case 'resource':
      return [placeIn(resourceMaps, name, resourceColumns.get(name))];
    case 'instrumentation':
      return [placeIn(scopeMaps, name)];
    case undefined:
      return [placeIn(spanMaps, name, spanColumns.get(name)), placeIn(resourceMaps, name, resourceColumns.get(name))];
    case 'event':
    case 'link':
      return [];
  }
}

function placeIn(maps: AttributeMaps, name: string, column?: Sql): AttributePlace {
  if (column !== undefined) return { ...inColumn(column), column, maps };
  const key = text(name);
  return {
    there: sql`mapContains(${maps.values}, ${key})`,
    held: sql`${maps.values}[${key}]`,
    type: sql`${maps.types}[${key}]`,
    maps,
  };
}

/** Functions of one column and nothing else: the store computes them for each distinct value, not for each span. */
export function inColumn(column: Sql): Pick<AttributePlace, 'there' | 'held' | 'type'> {
  return {
    there: sql`${column} != ''`,
    held: sql`replaceRegexpOne(${column}, '^[a-z]*:', '')`,
    type: sql`extract(${column}, '^([a-z]*):')`,
  };
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
  const places = placesOf(field);
  if (places.length === 0) return undefined;
  const choices = places.map(({ there, held, type }) => sql`${there}, tuple(1, ${held}, toString(${type}))`);
  return sql`multiIf(${joinSql(choices, ', ')}, ${nothing})`;
}

/** A field as a number, NULL where it is none; durations in seconds. */
export function numberColumn(field: Field): Sql | undefined {
  if (field.kind === 'intrinsic') return field.name === 'span:duration' ? sql`(duration_ns / 1e9)` : undefined;
  const cell = cellSql(field);
  if (cell === undefined || isService(field)) return undefined;
  return sql`if(tupleElement(${cell}, 3) IN ('int', 'double'), toFloat64OrNull(tupleElement(${cell}, 2)), NULL)`;
}

/** `f0`, `f1` … */
export const alias = (index: number): Sql => sql`f${integers([index])}`;
