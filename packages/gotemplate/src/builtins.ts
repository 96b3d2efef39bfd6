import { Arguments } from './arguments.ts';

import { TemplateProblem } from './nodes.ts';
import { sprintf } from './printf.ts';
import { printTime } from './times.ts';
import { isList, isMap, isTruthy, type TemplateFunction, textOf, typeName, type Value } from './values.ts';

const one = { min: 1, max: 1 };

const builtinFunctions: Readonly<Record<string, TemplateFunction>> = {
  not: (values) => !isTruthy(new Arguments('not', values, { min: 1, max: 1 }).any(0)),
  len: (values) => lengthOf(new Arguments('len', values, { min: 1, max: 1 }).any(0)),
  index: ([item, ...indexes]) => indexes.reduce<Value>(indexInto, item),
  slice: ([item, ...bounds]) => sliceOf(item, bounds),
  print: (values) => printed(values),
  println: (values) => `${values.map((value) => textOf(value, printTime)).join(' ')}\n`,
  printf: ([format, ...values], { textMax }) =>
    sprintf(new Arguments('printf', [format], one).string(0), values, textMax),
  html: (values) => printed(values).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`),
  js: (values) => JSON.stringify(printed(values)).slice(1, -1),
  urlquery: (values) => encodeURIComponent(printed(values)).replaceAll('%20', '+'),
  eq: ([first, ...others]) => others.some((other) => order(first, other, 'eq') === 0),
  ne: (values) => compared('ne', values) !== 0,
  lt: (values) => compared('lt', values) < 0,
  le: (values) => compared('le', values) <= 0,
  gt: (values) => compared('gt', values) > 0,
  ge: (values) => compared('ge', values) >= 0,
};

/** The functions that Go's templates have by themselves. */
export const builtins: ReadonlyMap<string, TemplateFunction> = new Map(Object.entries(builtinFunctions));

/** `and` and `or` are builtins, too: they stop at the first argument that decides. */
export function isBuiltin(name: string): boolean {
  return name === 'and' || name === 'or' || builtins.has(name);
}

/** Blanks stand between values of which neither is a text. */
function printed(values: readonly Value[]): string {
  let text = '';
  for (const [i, value] of values.entries()) {
    const isApart = i > 0 && typeof value !== 'string' && typeof values[i - 1] !== 'string';
    text += `${isApart ? ' ' : ''}${textOf(value, printTime)}`;
  }
  return text;
}

function lengthOf(value: Value): bigint {
  if (typeof value === 'string') return BigInt(Buffer.byteLength(value));
  if (isList(value)) return BigInt(value.length);
  if (isMap(value)) return BigInt(value.size);
  throw new TemplateProblem(`error calling len: len of type ${typeName(value)}`);
}

function indexInto(item: Value, index: Value): Value {
  if (isMap(item)) {
    const found: Value = item.get(String(index));
    return found;
  }
  const length = isList(item) || typeof item === 'string' ? item.length : -1;
  if (length < 0) throw new TemplateProblem(`error calling index: can't index item of type ${typeName(item)}`);
  const at = typeof index === 'bigint' ? Number(index) : -1;
  if (at < 0 || at >= length) throw new TemplateProblem(`error calling index: index out of range: ${String(index)}`);
  return isList(item) ? item[at] : BigInt((item as string).charCodeAt(at));
}

function sliceOf(item: Value, bounds: readonly Value[]): Value {
  if (typeof item !== 'string' && !isList(item)) {
    throw new TemplateProblem(`error calling slice: can't slice item of type ${typeName(item)}`);
  }
  const [from = 0n, to = BigInt(item.length)] = bounds;
  const [start, end] = [Number(from), Number(to)];
  if (!(start >= 0 && start <= end && end <= item.length)) {
    throw new TemplateProblem(`error calling slice: index out of range: ${end}`);
  }
  return item.slice(start, end);
}

function compared(name: string, values: readonly Value[]): number {
  const args = new Arguments(name, values, { min: 2, max: 2 });
  return order(args.any(0), args.any(1), name);
}

/** Below, equal or above zero. What cannot be compared is a problem, as in Go. */
function order(a: Value, b: Value, name: string): number {
  const isComparable = typeof a === typeof b && (typeof a !== 'object' || name === 'eq' || name === 'ne');
  if (!isComparable) throw new TemplateProblem(`error calling ${name}: incompatible types for comparison`);
  if (a === b) return 0;
  return (a as bigint) < (b as bigint) ? -1 : 1;
}
