/** Numbers among scalars are folded as they are read, in Go's arithmetic: whole numbers divide to whole numbers. */
import type { ArithmeticOp, Literal, StaticExpr } from './ast.ts';
import type { Cursor } from './cursor.ts';

export function negated(cursor: Cursor, expr: StaticExpr, start: number): StaticExpr {
  const { literal } = expr;
  const at = { start, end: expr.end };
  switch (literal.type) {
    case 'int':
      return { kind: 'static', literal: { type: 'int', value: BigInt.asIntN(64, -literal.value) }, ...at };
    case 'float':
    case 'duration':
      return { kind: 'static', literal: { type: literal.type, value: -literal.value }, ...at };
    case 'string':
    case 'bool':
    case 'status':
    case 'kind':
      return cursor.fail(`syntax error: unexpected ${literal.value}`, expr);
  }
}

export function folded(cursor: Cursor, op: ArithmeticOp, lhs: StaticExpr, rhs: StaticExpr): StaticExpr {
  const at = { start: lhs.start, end: rhs.end };
  if (lhs.literal.type === 'duration' || rhs.literal.type === 'duration') {
    return cursor.fail('arithmetic with durations is not supported', at);
  }
  return { kind: 'static', literal: result(cursor, op, lhs, rhs), ...at };
}

function result(cursor: Cursor, op: ArithmeticOp, lhs: StaticExpr, rhs: StaticExpr): Literal {
  const a = lhs.literal;
  const b = rhs.literal;
  if (a.type === 'int' && b.type === 'int') {
    if (op === '/' && b.value === 0n) cursor.fail('division by zero', rhs);
    return { type: 'int', value: BigInt.asIntN(64, wholeArithmetic(op, a.value, b.value)) };
  }
  return { type: 'float', value: arithmetic(op, Number(a.value), Number(b.value)) };
}

function wholeArithmetic(op: ArithmeticOp, a: bigint, b: bigint): bigint {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
    case '^':
      throw new Error('the parser folds only + - * /');
  }
}

export function arithmetic(op: ArithmeticOp, a: number, b: number): number {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    case '^':
      return a ** b;
  }
}
