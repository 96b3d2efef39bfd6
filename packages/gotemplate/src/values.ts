import { formatG } from './goformat.ts';

/** What a template works with: Go's ints are bigints here, its floats numbers, its nil undefined. */
export type Value =
  | string
  | bigint
  | number
  | boolean
  | undefined
  | GoTime
  | readonly Value[]
  | ReadonlyMap<string, Value>;

/** What a function may know beside its arguments; callers' functions may know more. */
export interface FunctionContext {
  /** UTF-16 units of what a function may make. */
  readonly textMax: number;
}

export type TemplateFunction<C extends FunctionContext = FunctionContext> = (args: readonly Value[], ctx: C) => Value;

/** A moment, and the zone it is shown in. */
export interface GoTime {
  readonly kind: 'time';
  readonly ns: bigint;
  readonly zone: string;
}

export const isTime = (value: Value): value is GoTime =>
  typeof value === 'object' && !Array.isArray(value) && !(value instanceof Map) && 'kind' in value;
export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
export const isMap = (value: Value): value is ReadonlyMap<string, Value> => value instanceof Map;

/** What `if`, `and`, `default` and the like take for true: anything but the zero values and the empty ones. */
export function isTruthy(value: Value): boolean {
  if (isList(value)) return value.length > 0;
  if (isMap(value)) return value.size > 0;
  if (isTime(value)) return true;
  return value !== undefined && value !== false && value !== '' && value !== 0n && value !== 0;
}

/** As Go's `%v` prints it. */
export function textOf(value: Value, printTime: (time: GoTime) => string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return formatG(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value === undefined) return '<nil>';
  if (isList(value)) return `[${value.map((item) => textOf(item, printTime)).join(' ')}]`;
  if (isMap(value)) {
    const names = [...value.keys()].sort();
    return `map[${names.map((name) => `${name}:${textOf(value.get(name), printTime)}`).join(' ')}]`;
  }
  return isTime(value) ? printTime(value) : '';
}

export function typeName(value: Value): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'float64';
  if (typeof value === 'boolean') return 'bool';
  if (value === undefined) return '<nil>';
  if (isList(value)) return '[]interface {}';
  return isMap(value) ? 'map[string]interface {}' : 'time.Time';
}

/** spf13/cast's reading of anything as an integer: 0 where it makes no sense. */
export function intOf(value: Value): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value !== 'string') return 0n;
  const text = value.replace(/\.0+$/, '');
  return /^[+-]?(\d+|0[xX][0-9a-fA-F]+)$/.test(text) ? BigInt.asIntN(64, signed(text)) : 0n;
}

function signed(text: string): bigint {
  const digits = text.replace(/^[+-]/, '');
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return text.startsWith('-') ? -value : value;
}

export function floatOf(value: Value): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value);
  if (typeof value !== 'string' || !/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value)) return 0;
  return Number(value);
}
