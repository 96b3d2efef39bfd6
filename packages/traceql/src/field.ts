/** What stands inside braces: comparisons, arithmetic and logic over a span's fields. */
import type { Field, FieldExpr, FieldOp, Literal } from './ast.ts';
import type { Cursor } from './cursor.ts';
import type { Token } from './tokens.ts';

/** `&&` and `||` bind alike and to the left, as Tempo has them. */
const powers: ReadonlyMap<string, number> = new Map([
  ['&&', 1],
  ['||', 1],
  ['=', 2],
  ['!=', 2],
  ['<', 2],
  ['<=', 2],
  ['>', 2],
  ['>=', 2],
  ['=~', 2],
  ['!~', 2],
  ['+', 3],
  ['-', 3],
  ['*', 5],
  ['/', 5],
  ['%', 5],
  ['^', 6],
]);
/** `-a * b` is `-(a * b)`, and `-a + b` is `(-a) + b`; `!` binds between the two. */
const minusPower = 4;
const notPower = 5;

export function parseFieldExpr(cursor: Cursor): FieldExpr {
  return cursor.deeper(() => binary(cursor, 1));
}

function binary(cursor: Cursor, powerMin: number): FieldExpr {
  let lhs = operand(cursor);
  let levels = 0;
  for (;;) {
    const { token } = cursor;
    const power = token.kind === 'sign' ? powers.get(token.text) : undefined;
    if (power === undefined || power < powerMin || token.kind !== 'sign') break;
    cursor.descend(1);
    levels++;
    cursor.take();
    lhs = operation(cursor, { lhs, op: token.text as FieldOp, power });
  }
  cursor.descend(-levels);
  return lhs;
}

function operation(cursor: Cursor, { lhs, op, power }: { lhs: FieldExpr; op: FieldOp; power: number }): FieldExpr {
  if ((op === '=' || op === '!=') && cursor.acceptWord('nil')) {
    return { kind: 'exists', negated: op === '=', expr: lhs, start: lhs.start, end: cursor.lastEnd };
  }
  const rhs = binary(cursor, op === '^' ? power : power + 1);
  return { kind: 'binary', op, lhs, rhs, start: lhs.start, end: rhs.end };
}

function operand(cursor: Cursor): FieldExpr {
  const { token } = cursor;
  switch (token.kind) {
    case 'literal':
      cursor.take();
      return { kind: 'static', literal: token.literal, start: token.start, end: token.end };
    case 'attribute':
    case 'intrinsic':
      return parseField(cursor);
    case 'word':
      return token.text === 'nil' ? nilFirst(cursor) : cursor.unexpected();
    case 'sign':
      return signed(cursor, token);
    case 'end':
    case 'error':
      return cursor.unexpected();
  }
}

function signed(cursor: Cursor, { text, start }: Token & { kind: 'sign' }): FieldExpr {
  if (text === '(') return cursor.inParens(() => binary(cursor, 1));
  if (text !== '-' && text !== '!') return cursor.unexpected();
  cursor.take();
  const expr = cursor.deeper(() => binary(cursor, text === '-' ? minusPower : notPower));
  return { kind: 'unary', op: text, expr, start, end: expr.end };
}

/** `nil = x`; that nil equals nil, or differs from it, is never true. */
function nilFirst(cursor: Cursor): FieldExpr {
  const { start } = cursor.take();
  const equals = cursor.acceptSign('=') !== undefined;
  if (!equals) cursor.expectSign('!=');
  if (cursor.acceptWord('nil')) {
    return { kind: 'static', literal: { type: 'bool', value: false }, start, end: cursor.lastEnd };
  }
  const expr = cursor.deeper(() => binary(cursor, 3));
  return { kind: 'exists', negated: equals, expr, start, end: expr.end };
}

export function parseField(cursor: Cursor): Field {
  const token = cursor.take();
  const { start, end } = token;
  if (token.kind === 'intrinsic') return { kind: 'intrinsic', name: token.name, text: token.text, start, end };
  if (token.kind !== 'attribute') return cursor.unexpected(token);
  const { name, parent, scope } = token;
  return { kind: 'attribute', ...(scope && { scope }), parent, name, start, end };
}

/** A value that is written out, in a hint. */
export function parseLiteral(cursor: Cursor): Literal {
  const token = cursor.take();
  return token.kind === 'literal' ? token.literal : cursor.unexpected(token);
}
