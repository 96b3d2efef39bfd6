import type { BinaryExpr, Field, FieldExpr, Span } from './ast.ts';
import type { QueryProblem } from './errors.ts';
import { printField } from './print.ts';
import { areOperands, isNumeric, takes, typeOf } from './types.ts';

export type PatternCheck = (pattern: string) => string | undefined;

export const invalid = (text: string, { start, end }: Span): QueryProblem => ({ kind: 'invalid', text, start, end });
export const unsupported = (what: string, { start, end }: Span): QueryProblem => ({
  kind: 'unsupported',
  text: `${what} not yet supported`,
  start,
  end,
});

/** TraceQL keeps `parent` for later. */
export function isReserved(field: Field): QueryProblem | undefined {
  if (field.kind === 'attribute') return field.parent ? unsupported('parent', field) : undefined;
  return field.name === 'parent' ? unsupported('intrinsic (parent)', field) : undefined;
}

export function fieldProblem(expr: FieldExpr, pattern: PatternCheck): QueryProblem | undefined {
  switch (expr.kind) {
    case 'static':
      return undefined;
    case 'attribute':
    case 'intrinsic':
      return isReserved(expr);
    case 'exists':
      return fieldProblem(expr.expr, pattern) ?? (expr.negated ? neverNil(expr.expr) : undefined);
    case 'unary': {
      const inner = fieldProblem(expr.expr, pattern);
      if (inner !== undefined) return inner;
      const type = typeOf(expr.expr);
      if (type === 'attribute' || (expr.op === '-' ? isNumeric(type) : type === 'bool')) return undefined;
      return invalid(`illegal operation for the given type: ${printField(expr)}`, expr);
    }
    case 'binary':
      return fieldProblem(expr.lhs, pattern) ?? fieldProblem(expr.rhs, pattern) ?? operationProblem(expr, pattern);
  }
}

function neverNil(field: FieldExpr): QueryProblem | undefined {
  if (field.kind === 'intrinsic') {
    return invalid(`${field.text}=nil is not valid because intrinsics cannot be nil`, field);
  }
  if (field.kind === 'attribute' && field.scope === 'resource' && field.name === 'service.name') {
    return invalid('resource.service.name=nil is not valid because resource.service.name cannot be nil', field);
  }
  return undefined;
}

function operationProblem(expr: BinaryExpr, pattern: PatternCheck): QueryProblem | undefined {
  const a = typeOf(expr.lhs);
  const b = typeOf(expr.rhs);
  if (!areOperands(a, b)) {
    return invalid(`binary operations must operate on the same type: ${printField(expr)}`, expr);
  }
  if (!takes(expr.op, a) || !takes(expr.op, b)) {
    return invalid(`illegal operation for the given types: ${printField(expr)}`, expr);
  }
  return expr.op === '=~' || expr.op === '!~' ? patternProblem(expr, pattern) : undefined;
}

function patternProblem({ rhs }: BinaryExpr, pattern: PatternCheck): QueryProblem | undefined {
  if (rhs.kind !== 'static' || rhs.literal.type !== 'string') {
    return invalid(`invalid type for =~ or !~: ${printField(rhs)}`, rhs);
  }
  const problem = pattern(rhs.literal.value);
  return problem === undefined ? undefined : invalid(`invalid regex: ${printField(rhs)}: ${problem}`, rhs);
}
