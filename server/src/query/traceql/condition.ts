/**
 * A filter as SQL over a span's own row. What the row does not tell (its trace, its children, its events' values) or SQL
 * would not tell as TraceQL does becomes a condition that is true too often, and `exact` says so.
 */
import type { BinaryExpr, ExistsExpr, Field, FieldExpr } from '@farol/traceql';
import { type Sql, sql, text } from '#store';
import { all, any } from '../stored/index.ts';
import { always, type Condition, compareField, flipped, never } from './comparison.ts';
import { isService, placesOf } from './fields.ts';
import { compare, compute, type Scalar, scalarOf } from './value.ts';

/** True of every span that the expression is true of. */
export function conditionOf(expr: FieldExpr): Condition {
  switch (expr.kind) {
    case 'static':
      return expr.literal.value === true ? always : never;
    case 'attribute':
      return bareAttribute(expr, 'true');
    case 'exists':
      return existence(expr);
    case 'unary':
      return expr.op === '!' ? falsehoodOf(expr.expr) : never;
    case 'binary':
      return operation(expr);
    case 'intrinsic':
      return never;
  }
}

/** True of every span that the expression is false of; of nil, neither is. */
function falsehoodOf(expr: FieldExpr): Condition {
  if (expr.kind === 'attribute') return bareAttribute(expr, 'false');
  if (expr.kind === 'unary' && expr.op === '!') return conditionOf(expr.expr);
  if (expr.kind === 'intrinsic') return never;
  const inner = conditionOf(expr);
  return inner.exact ? { sql: sql`NOT (${inner.sql})`, exact: true } : { ...always, exact: false };
}

/** `{ .a }`: a boolean that is true. */
function bareAttribute(field: Field, value: 'true' | 'false'): Condition {
  return compareField(field, '=', { type: 'bool', value: value === 'true' });
}

function existence({ expr, negated }: ExistsExpr): Condition {
  if (expr.kind === 'static') return negated ? never : always;
  if (expr.kind === 'intrinsic') return { sql: negated ? never.sql : always.sql, exact: isOwn(expr) };
  if (expr.kind !== 'attribute') return { ...always, exact: false };
  if (isService(expr)) return negated ? never : always;
  const places = placesOf(expr);
  if (places.length === 0) {
    if (negated) return { ...always, exact: false };
    const column = expr.scope === 'event' ? sql`events` : sql`links`;
    return { sql: sql`position(${column}, ${text(JSON.stringify(expr.name))}) > 0`, exact: false };
  }
  const there = any(places.map((place) => sql`(${place.there} AND ${place.type} != 'empty')`));
  return { sql: negated ? sql`NOT ${there}` : there, exact: true };
}

/** Fields that no span is without. */
function isOwn(field: Field): boolean {
  return field.kind === 'intrinsic' && (field.name.startsWith('span:') || field.name === 'trace:id');
}

function operation(expr: BinaryExpr): Condition {
  const { op } = expr;
  if (op === '&&' || op === '||') {
    const a = conditionOf(expr.lhs);
    const b = conditionOf(expr.rhs);
    const both = op === '&&' ? all([a.sql, b.sql]) : any([a.sql, b.sql]);
    return { sql: sql`(${both})`, exact: a.exact && b.exact };
  }
  const lhs = constantOf(expr.lhs);
  const rhs = constantOf(expr.rhs);
  if (lhs !== undefined && rhs !== undefined) {
    if (op === '=~' || op === '!~') return { ...always, exact: false };
    return compare(op, lhs, rhs) ? always : never;
  }
  if (rhs !== undefined && isField(expr.lhs)) return compareField(expr.lhs, op, rhs);
  if (lhs !== undefined && isField(expr.rhs)) return compareField(expr.rhs, flipped(op), lhs);
  return { ...always, exact: false };
}

const isField = (expr: FieldExpr): expr is Field => expr.kind === 'attribute' || expr.kind === 'intrinsic';

/** What an expression without fields comes to. */
function constantOf(expr: FieldExpr): Scalar | undefined {
  if (expr.kind === 'static') return scalarOf(expr.literal);
  if (expr.kind === 'unary' && expr.op === '-') {
    const inner = constantOf(expr.expr);
    if (inner === undefined || (inner.type !== 'int' && inner.type !== 'float' && inner.type !== 'duration')) return;
    return { type: inner.type, value: -inner.value };
  }
  if (expr.kind !== 'binary' || !isArithmetic(expr.op)) return undefined;
  const a = constantOf(expr.lhs);
  const b = constantOf(expr.rhs);
  const result = a && b && compute(expr.op, a, b);
  return result?.type === 'list' ? undefined : result;
}

function isArithmetic(op: BinaryExpr['op']): op is '+' | '-' | '*' | '/' | '%' | '^' {
  return op === '+' || op === '-' || op === '*' || op === '/' || op === '%' || op === '^';
}

/** The condition over several filters that one span must all pass. */
export function allOf(conditions: readonly Condition[]): Condition {
  const sqls: Sql[] = conditions.map((condition) => condition.sql);
  return { sql: all(sqls), exact: conditions.every(({ exact }) => exact) };
}
