/** What a field of a span is, and how two such compare. `undefined` is TraceQL's nil. */
import { type ArithmeticOp, arithmetic, type FieldOp, type Literal } from '@farol/traceql';

export type Scalar =
  | { readonly type: 'string' | 'status' | 'kind'; readonly value: string }
  /** Whole numbers past 2⁵³ are bigint; JavaScript compares the two kinds exactly. */
  | { readonly type: 'int' | 'float' | 'duration'; readonly value: number | bigint }
  | { readonly type: 'bool'; readonly value: boolean };

/** Several at once: an attribute that is an array, or what a span's events carry. */
interface Several {
  readonly type: 'list';
  readonly items: readonly Scalar[];
  /** An array differs from a value when none of it equals it; of events, one that differs is enough. */
  readonly of: 'array' | 'events';
}

export type Value = Scalar | Several | undefined;

export const truth = (value: boolean): Scalar => ({ type: 'bool', value });
export const isTrue = (value: Value): boolean => value?.type === 'bool' && value.value;

export function scalarOf(literal: Literal): Scalar {
  if (literal.type === 'int') return { type: 'int', value: small(literal.value) };
  return literal;
}

function small(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** An attribute as it is stored: its text, and the name of its type, '' for a string. */
export function attributeValue(text: string, type: string): Value {
  switch (type) {
    case 'int':
      return /^-?\d{1,20}$/.test(text) ? { type: 'int', value: small(BigInt(text)) } : undefined;
    case 'double':
      return { type: 'float', value: Number(text) };
    case 'bool':
      return truth(text === 'true');
    case 'empty':
      return undefined;
    case 'array':
      return listOf(text);
    default:
      return { type: 'string', value: text };
  }
}

/** OTLP's JSON of an array: `{"values":[{"stringValue":"a"}]}`. */
function listOf(json: string): Value {
  const { values } = JSON.parse(json || '{}') as { values?: unknown };
  if (!Array.isArray(values)) return undefined;
  return { type: 'list', items: values.flatMap((value) => elementOf(value) ?? []), of: 'array' };
}

const fields: readonly (readonly [field: string, type: string])[] = [
  ['stringValue', ''],
  ['intValue', 'int'],
  ['doubleValue', 'double'],
  ['boolValue', 'bool'],
];

function elementOf(value: unknown): Scalar | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [field, type] of fields) {
    const found = (value as Record<string, unknown>)[field];
    if (found === undefined) continue;
    const scalar = attributeValue(String(found), type);
    return scalar?.type === 'list' ? undefined : scalar;
  }
  return undefined;
}

type Numeric = Extract<Scalar, { value: number | bigint }>;

const isNumeric = (value: Scalar): value is Numeric =>
  value.type === 'int' || value.type === 'float' || value.type === 'duration';

export type Matcher = (text: string) => boolean;

/** `=`, `<`, `=~` … Types that do not fit compare as false, whatever the operator. `matches` is the pattern's. */
export function compare(op: FieldOp, a: Value, b: Value, matches?: Matcher): boolean {
  if (a === undefined || b === undefined) return false;
  if (a.type === 'list') return compareSeveral(op, a, (item) => compare(op, item, b, matches));
  if (b.type === 'list') return compareSeveral(op, b, (item) => compare(op, a, item, matches));
  if (isNumeric(a) && isNumeric(b)) return ordered(op, a.value, b.value);
  if (a.type !== b.type) return false;
  if (a.type === 'string' && matches !== undefined) return matches(a.value) === (op === '=~');
  if (a.type === 'string') return ordered(op, a.value, b.value as string);
  return op === '=' ? a.value === b.value : op === '!=' && a.value !== b.value;
}

function compareSeveral(op: FieldOp, { items, of }: Several, holds: (item: Scalar) => boolean): boolean {
  if (of === 'array' && (op === '!=' || op === '!~')) return items.length > 0 && items.every(holds);
  return items.some(holds);
}

function ordered<T extends string | number | bigint>(op: FieldOp, a: T, b: T): boolean {
  switch (op) {
    case '=':
      return a <= b && a >= b;
    case '!=':
      return a < b || a > b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      return false;
  }
}

/** Whole numbers stay whole, a duration stays a duration, anything else becomes a fraction; nil when it is not defined. */
export function compute(op: ArithmeticOp, a: Value, b: Value): Value {
  if (a === undefined || b === undefined || a.type === 'list' || b.type === 'list') return undefined;
  if (!isNumeric(a) || !isNumeric(b)) return undefined;
  const result = arithmetic(op, Number(a.value), Number(b.value));
  if (Number.isNaN(result)) return undefined;
  if (a.type === 'int' && b.type === 'int') {
    return Number.isFinite(result) ? { type: 'int', value: Math.trunc(result) } : undefined;
  }
  return { type: a.type === 'duration' || b.type === 'duration' ? 'duration' : 'float', value: result };
}

export function negate(value: Value): Value {
  if (value === undefined || value.type === 'list' || !isNumeric(value)) return undefined;
  const { type, value: number } = value;
  return { type, value: -number };
}

/** The number that aggregates work with. */
export function numberOf(value: Value): number | undefined {
  return value !== undefined && value.type !== 'list' && isNumeric(value) ? Number(value.value) : undefined;
}

/** Tells values apart as grouping does: `1` and `"1"` are two groups. */
export function keyOf(value: Value): string {
  if (value === undefined) return '';
  if (value.type === 'list') return `list:${value.items.map(keyOf).join('\u0000')}`;
  return `${value.type}:${value.value}`;
}
