/** A field of a span's row compared with a value, as SQL. */
import type { Field, FieldOp, IntrinsicName } from '@farol/traceql';
import { float, int, type Param, type Sql, sql, text } from '#store';
import { any } from '../stored/index.ts';
import { type AttributePlace, isService, placesOf } from './fields.ts';
import { compare, type Scalar } from './value.ts';

export interface Condition {
  readonly sql: Sql;
  /** False when it is true of more spans than it should be. */
  readonly exact: boolean;
}

export const always: Condition = { sql: sql`1`, exact: true };
export const never: Condition = { sql: sql`0`, exact: true };
const unknown: Condition = { sql: sql`1`, exact: false };

/** The operator for the same question with its sides changed. A pattern stands on the right only. */
export function flipped(op: FieldOp): FieldOp {
  switch (op) {
    case '<':
      return '>';
    case '<=':
      return '>=';
    case '>':
      return '<';
    case '>=':
      return '<=';
    default:
      return op;
  }
}

export function compareField(field: Field, op: FieldOp, value: Scalar): Condition {
  if (field.kind === 'intrinsic') return compareIntrinsic(field.name, op, value);
  if (isService(field)) return compareText(sql`service`, op, value);
  const places = placesOf(field);
  const [own] = places;
  if (own === undefined) return compareInParts(field, op, value);
  const tests = places.map((place) => exactTest(place, op, value));
  const [first, second] = tests;
  if (first === undefined) return never;
  const looks = any(places.map((place) => sql`(${firstLook(place, field.name, { op, value })})`));
  if (second === undefined) return { sql: sql`(${looks} AND ${first})`, exact: true };
  // The span's own attribute hides its resource's.
  return { sql: sql`(${looks} AND if(${own.there}, ${first}, ${second}))`, exact: true };
}

function compareIntrinsic(name: IntrinsicName, op: FieldOp, value: Scalar): Condition {
  switch (name) {
    case 'span:duration':
      return compareNumber(sql`duration_ns`, op, value);
    case 'span:name':
      return compareText(sql`name`, op, value);
    case 'span:statusMessage':
      return compareText(sql`status_message`, op, value);
    case 'instrumentation:name':
      return compareText(sql`scope_name`, op, value);
    case 'instrumentation:version':
      return compareText(sql`scope_version`, op, value);
    case 'span:id':
      return compareText(sql`span_id`, op, idPadded(value, 16));
    case 'span:parentID':
      return compareText(sql`parent_span_id`, op, idPadded(value, 16));
    case 'trace:id':
      return compareText(sql`trace_id`, op, idPadded(value, 32));
    case 'span:kind':
      return value.type === 'kind' ? sameWord(sql`toString(kind)`, op, value.value) : never;
    case 'span:status':
      return value.type === 'status' ? sameWord(sql`toString(status)`, op, value.value) : never;
    case 'nestedSetParent':
      return compareRoot(op, value);
    case 'event:name':
      return inParts(sql`events`, 'name', op, value);
    case 'link:traceID':
      return inParts(sql`links`, 'traceId', op, idPadded(value, 32));
    case 'link:spanID':
      return inParts(sql`links`, 'spanId', op, idPadded(value, 16));
    case 'event:timeSinceStart':
      return { sql: sql`events != ''`, exact: false };
    case 'span:childCount':
    case 'trace:duration':
    case 'trace:rootName':
    case 'trace:rootService':
    case 'nestedSetLeft':
    case 'nestedSetRight':
    case 'parent':
      return unknown;
  }
}

/** Ids may be written short, and in capitals. */
export function idPadded(value: Scalar, digits: number): Scalar {
  if (value.type !== 'string' || !/^[0-9a-fA-F]+$/.test(value.value)) return value;
  return { type: 'string', value: value.value.toLowerCase().padStart(digits, '0') };
}

function sameWord(column: Sql, op: FieldOp, word: string): Condition {
  if (op === '=') return { sql: sql`${column} = ${text(word)}`, exact: true };
  return op === '!=' ? { sql: sql`${column} != ${text(word)}`, exact: true } : never;
}

/** A root's is -1, an orphan's 0, any other's above. Which of these pass is known when all above 0 go one way. */
function compareRoot(op: FieldOp, value: Scalar): Condition {
  const passes = (of: number): boolean => compare(op, { type: 'int', value: of }, value);
  const rest = [0, 1, Number.MAX_SAFE_INTEGER].map(passes);
  if (!rest.every((one) => one === rest[0])) return unknown;
  if (value.type !== 'string' && value.type !== 'bool' && Number(value.value) > 1) return unknown;
  const root = passes(-1);
  if (root === rest[0]) return root ? always : never;
  return { sql: root ? sql`parent_span_id = ''` : sql`parent_span_id != ''`, exact: true };
}

function compareText(column: Sql, op: FieldOp, value: Scalar): Condition {
  if (value.type !== 'string') return never;
  return { sql: textTest(column, op, value.value), exact: true };
}

/** Patterns are anchored, and `.` matches newlines, as in Prometheus. */
function textTest(column: Sql, op: FieldOp, value: string): Sql {
  switch (op) {
    case '=~':
      return sql`match(${column}, ${text(`^(?s:${value})$`)})`;
    case '!~':
      return sql`NOT match(${column}, ${text(`^(?s:${value})$`)})`;
    default:
      return sql`${column} ${signOf(op)} ${text(value)}`;
  }
}

function signOf(op: FieldOp): Sql {
  switch (op) {
    case '=':
      return sql`=`;
    case '!=':
      return sql`!=`;
    case '<':
      return sql`<`;
    case '<=':
      return sql`<=`;
    case '>':
      return sql`>`;
    case '>=':
      return sql`>=`;
    default:
      throw new Error('the check lets only comparisons through');
  }
}

function compareNumber(column: Sql, op: FieldOp, value: Scalar): Condition {
  const number = numberParam(value);
  return number ? { sql: sql`${column} ${signOf(op)} ${number}`, exact: true } : never;
}

const int64Max = 2n ** 63n - 1n;

function numberParam(value: Scalar): Param | undefined {
  if (value.type !== 'int' && value.type !== 'float' && value.type !== 'duration') return undefined;
  if (typeof value.value === 'number' && !Number.isInteger(value.value)) return float(value.value);
  const whole = BigInt(value.value);
  return whole > int64Max || whole < -int64Max ? float(Number(whole)) : int(whole);
}

/** Undefined when no attribute could pass. */
function exactTest({ there, held, type }: AttributePlace, op: FieldOp, value: Scalar): Sql | undefined {
  const elements = sql`JSONExtractArrayRaw(${held}, 'values')`;
  const positive = op === '!=' ? '=' : op === '!~' ? '=~' : op;
  const inList = listTest(elements, positive, value);
  if (inList === undefined) return undefined;
  const several = positive === op ? inList : sql`(notEmpty(${elements}) AND NOT ${inList})`;
  const single = singleTest({ held, type, op, value });
  return sql`(${there} AND ((${single}) OR (${type} = 'array' AND ${several})))`;
}

/**
 * True too often, but the indexes of keys and values answer it (store/schema/005-spans-1-copied.sql): most granules are
 * not read. A value that stands in an array is not found by the index of values, so a key with other types passes.
 */
function firstLook(place: AttributePlace, name: string, asked: { readonly op: FieldOp; readonly value: Scalar }): Sql {
  const { there, column, maps } = place;
  const { op, value } = asked;
  const written = value.type === 'float' || typeof value.value === 'bigint' ? '' : String(value.value);
  if (column !== undefined || op !== '=' || written === '') return there;
  const elsewhere =
    value.type === 'string'
      ? sql`mapContains(${maps.types}, ${text(name)})`
      : sql`has(mapValues(${maps.types}), 'array')`;
  return sql`${there} AND (has(mapValues(${maps.values}), ${text(written)}) OR ${elsewhere})`;
}

function singleTest({ held, type, op, value }: { held: Sql; type: Sql; op: FieldOp; value: Scalar }): Sql {
  switch (value.type) {
    case 'string':
      return sql`${type} IN ('', 'bytes', 'kvlist') AND ${textTest(held, op, value.value)}`;
    case 'bool':
      return sql`${type} = 'bool' AND ${textTest(held, op, String(value.value))}`;
    case 'status':
    case 'kind':
      return sql`0`;
    case 'int':
    case 'float':
    case 'duration': {
      const number = numberParam(value) ?? int(0);
      const sign = signOf(op);
      return sql`multiIf(${type} = 'int', ifNull(toInt64OrNull(${held}) ${sign} ${number}, 0),
        ${type} = 'double', ifNull(toFloat64OrNull(${held}) ${sign} ${number}, 0), 0)`;
    }
  }
}

/** Whether an element of an array passes; undefined when none could. */
function listTest(elements: Sql, op: FieldOp, value: Scalar): Sql | undefined {
  switch (value.type) {
    case 'string':
      return sql`arrayExists(x -> JSONHas(x, 'stringValue')
        AND ${textTest(sql`JSONExtractString(x, 'stringValue')`, op, value.value)}, ${elements})`;
    case 'bool':
      return sql`arrayExists(x -> JSONExtractRaw(x, 'boolValue') = ${text(String(value.value))}, ${elements})`;
    case 'int':
    case 'float':
    case 'duration': {
      const number = sql`toFloat64OrNull(replaceAll(coalesce(nullIf(JSONExtractRaw(x, 'intValue'), ''), JSONExtractRaw(x, 'doubleValue')), '"', ''))`;
      return sql`arrayExists(x -> ifNull(${number} ${signOf(op)} ${numberParam(value) ?? int(0)}, 0), ${elements})`;
    }
    case 'status':
    case 'kind':
      return undefined;
  }
}

/** Events and links are one text; the exact answer is the evaluator's. */
function compareInParts(field: Field, op: FieldOp, value: Scalar): Condition {
  if (field.kind !== 'attribute') return unknown;
  const column = field.scope === 'event' ? sql`events` : sql`links`;
  const key = sql`position(${column}, ${text(`"key":${JSON.stringify(field.name)}`)}) > 0`;
  if (op !== '=' || value.type !== 'string') return { sql: key, exact: false };
  return { sql: sql`(${key} AND ${holdsText(column, value.value)})`, exact: false };
}

function inParts(column: Sql, key: string, op: FieldOp, value: Scalar): Condition {
  if (op !== '=' || value.type !== 'string') return { sql: sql`${column} != ''`, exact: false };
  return { sql: sql`position(${column}, ${text(`"${key}":${JSON.stringify(value.value)}`)}) > 0`, exact: false };
}

const holdsText = (column: Sql, value: string): Sql =>
  any([
    sql`position(${column}, ${text(JSON.stringify(value))}) > 0`,
    sql`position(${column}, ${text('"arrayValue"')}) > 0`,
  ]);
