/** What type an expression has, as far as the text tells: an attribute's is known only when a span is looked at. */
import type { Field, FieldExpr, FieldOp, IntrinsicName, Literal, ScalarExpr } from './ast.ts';

export type StaticType = Literal['type'] | 'attribute' | 'nil';

const intrinsicTypes: Readonly<Record<IntrinsicName, StaticType>> = {
  'span:duration': 'duration',
  'span:name': 'string',
  'span:kind': 'kind',
  'span:status': 'status',
  'span:statusMessage': 'string',
  'span:id': 'string',
  'span:parentID': 'string',
  'span:childCount': 'int',
  'trace:duration': 'duration',
  'trace:rootName': 'string',
  'trace:rootService': 'string',
  'trace:id': 'string',
  'event:name': 'string',
  'event:timeSinceStart': 'duration',
  'link:traceID': 'string',
  'link:spanID': 'string',
  'instrumentation:name': 'string',
  'instrumentation:version': 'string',
  nestedSetLeft: 'int',
  nestedSetRight: 'int',
  nestedSetParent: 'int',
  parent: 'nil',
};

export function fieldType(field: Field): StaticType {
  return field.kind === 'attribute' ? 'attribute' : intrinsicTypes[field.name];
}

const booleanOps: ReadonlySet<FieldOp> = new Set(['=', '!=', '<', '<=', '>', '>=', '=~', '!~', '&&', '||']);

export function typeOf(expr: FieldExpr): StaticType {
  switch (expr.kind) {
    case 'static':
      return expr.literal.type;
    case 'attribute':
    case 'intrinsic':
      return fieldType(expr);
    case 'exists':
      return 'bool';
    case 'unary':
      return expr.op === '!' ? 'bool' : typeOf(expr.expr);
    case 'binary':
      return booleanOps.has(expr.op) ? 'bool' : firstKnown(typeOf(expr.lhs), typeOf(expr.rhs));
  }
}

/** Counting gives a whole number, averaging a fraction; the others what they are given. */
export function scalarType(expr: ScalarExpr): StaticType {
  switch (expr.kind) {
    case 'static':
      return expr.literal.type;
    case 'aggregate':
      return expr.expr === undefined ? 'int' : typeOf(expr.expr);
    case 'scalar':
      return firstKnown(scalarType(expr.lhs), scalarType(expr.rhs));
    case 'pipeline': {
      const last = expr.stages.at(-1);
      return last?.kind === 'aggregate' ? scalarType(last) : 'attribute';
    }
  }
}

const firstKnown = (a: StaticType, b: StaticType): StaticType => (a === 'attribute' ? b : a);

export const isNumeric = (type: StaticType): boolean => type === 'int' || type === 'float' || type === 'duration';

/** Whether two types may stand on the two sides of an operator at all. */
export function areOperands(a: StaticType, b: StaticType): boolean {
  if (a === 'attribute' || b === 'attribute' || a === 'nil' || b === 'nil') return true;
  return a === b || (isNumeric(a) && isNumeric(b));
}

/** Whether an operator means something for a type. */
export function takes(op: FieldOp, type: StaticType): boolean {
  switch (type) {
    case 'attribute':
      return true;
    case 'bool':
      return op === '&&' || op === '||' || op === '=' || op === '!=';
    case 'int':
    case 'float':
    case 'duration':
      return !(op === '&&' || op === '||' || op === '=~' || op === '!~');
    case 'string':
      return booleanOps.has(op) && op !== '&&' && op !== '||';
    case 'status':
    case 'kind':
    case 'nil':
      return op === '=' || op === '!=';
  }
}

export function refersToSpan(expr: FieldExpr): boolean {
  switch (expr.kind) {
    case 'static':
      return false;
    case 'attribute':
    case 'intrinsic':
      return true;
    case 'unary':
    case 'exists':
      return refersToSpan(expr.expr);
    case 'binary':
      return refersToSpan(expr.lhs) || refersToSpan(expr.rhs);
  }
}
