/**
 * Fields of OTLP JSON: lowerCamelCase only, `null` is absence, 64-bit integers as strings or numbers, enums as integers,
 * ids as hex. A wrong type is refused with the field's name; unknown fields are never looked at.
 */
import { type Attributes, type AttributeType, noAttributes } from '#model';
import { invalid } from '../json.ts';
import { type AttributeColumns, append, doubleJson, finishColumns, newColumns } from './attributes.ts';
import { numberText } from './values.ts';

export type Json = Readonly<Record<string, unknown>>;

const empty: Json = Object.freeze(Object.create(null));

export function objectAt(from: Json, name: string): Json {
  const value = from[name];
  if (value === undefined || value === null) return empty;
  return asObject(value, name);
}

export function has(from: Json, name: string): boolean {
  return from[name] !== undefined && from[name] !== null;
}

export function asObject(value: unknown, name: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(name, 'an object', value);
  return value as Json;
}

export function arrayAt(from: Json, name: string): readonly unknown[] {
  const value = from[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrong(name, 'an array', value);
  return value;
}

export function textAt(from: Json, name: string): string {
  const value = from[name];
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw wrong(name, 'a string', value);
  // A lone surrogate has no UTF-8 form: it would be stored as something else.
  if (!value.isWellFormed()) throw invalid(`field ${name} holds half of a surrogate pair; send valid Unicode`);
  return value;
}

/** Lower-case hex as sent; its length is judged later. */
export function idAt(from: Json, name: string): string {
  return textAt(from, name).toLowerCase();
}

export function boolAt(from: Json, name: string): boolean {
  const value = from[name];
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw wrong(name, 'true or false', value);
  return value;
}

/** A 64-bit integer, exact. */
export function bigAt(from: Json, name: string): bigint {
  const value = from[name];
  if (value === undefined || value === null) return 0n;
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value);
  throw wrong(name, 'an integer or a string of digits', value);
}

const uint64Max = 0xffff_ffff_ffff_ffffn;

/** Nanoseconds since the epoch. */
export function timeAt(from: Json, name: string): bigint {
  const value = bigAt(from, name);
  if (value < 0n || value > uint64Max) throw wrong(name, 'an unsigned 64-bit integer', value);
  return value;
}

export function timeMsAt(from: Json, name: string): number {
  return Number(timeAt(from, name) / 1_000_000n);
}

/** An integer that fits a double: counts, enums, flags. */
export function intAt(from: Json, name: string): number {
  return Number(bigAt(from, name));
}

export function doubleAt(from: Json, name: string): number {
  const value = from[name];
  if (value === undefined || value === null) return 0;
  return asDouble(value, name);
}

export function asDouble(value: unknown, name: string): number {
  if (typeof value === 'number') return value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  if (typeof value === 'string' && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value)) return Number(value);
  throw wrong(name, 'a number, "NaN", "Infinity" or "-Infinity"', value);
}

function wrong(name: string, expected: string, value: unknown): Error {
  const got = typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : typeof value;
  return invalid(`field ${name} must be ${expected}, and is ${got}; see OTLP's JSON encoding`);
}

export function attributesAt(from: Json, name: string): Attributes {
  const list = arrayAt(from, name);
  if (list.length === 0) return noAttributes;
  const columns = newColumns();
  for (const item of list) {
    const pair = asObject(item, name);
    appendValue(columns, textAt(pair, 'key'), objectAt(pair, 'value'));
  }
  return finishColumns(columns);
}

function appendValue(columns: AttributeColumns, key: string, value: Json): void {
  const { text, type } = anyValue(value);
  append(columns, key, text, type);
}

/** An AnyValue as searchable text, and what it was. Depth was bounded when the text was parsed. */
export function anyValue(value: Json): { readonly text: string; readonly type: AttributeType } {
  if (has(value, 'stringValue')) return { text: textAt(value, 'stringValue'), type: 'string' };
  if (has(value, 'intValue')) return { text: int64At(value).toString(), type: 'int' };
  if (has(value, 'doubleValue')) return { text: numberText(doubleAt(value, 'doubleValue')), type: 'double' };
  if (has(value, 'boolValue')) return { text: String(boolAt(value, 'boolValue')), type: 'bool' };
  if (has(value, 'bytesValue')) return { text: base64At(value), type: 'bytes' };
  if (has(value, 'arrayValue')) return { text: arrayJson(objectAt(value, 'arrayValue')), type: 'array' };
  if (has(value, 'kvlistValue')) return { text: kvlistJson(objectAt(value, 'kvlistValue')), type: 'kvlist' };
  return { text: '', type: 'empty' };
}

/** The same, as canonical OTLP JSON: what the protobuf decoder writes for the same value. */
function valueJson(value: Json): string {
  const { text, type } = anyValue(value);
  switch (type) {
    case 'string':
      return `{"stringValue":${JSON.stringify(text)}}`;
    case 'int':
      return `{"intValue":"${text}"}`;
    case 'double':
      return `{"doubleValue":${doubleJson(doubleAt(value, 'doubleValue'))}}`;
    case 'bool':
      return `{"boolValue":${text}}`;
    case 'bytes':
      return `{"bytesValue":"${text}"}`;
    case 'array':
      return `{"arrayValue":${text}}`;
    case 'kvlist':
      return `{"kvlistValue":${text}}`;
    case 'empty':
      return '{}';
  }
}

function arrayJson(array: Json): string {
  return `{"values":[${arrayAt(array, 'values')
    .map((item) => (item === null ? '{}' : valueJson(asObject(item, 'arrayValue.values'))))
    .join(',')}]}`;
}

function kvlistJson(list: Json): string {
  const pairs = arrayAt(list, 'values').map((item) => {
    const pair = asObject(item, 'kvlistValue.values');
    return `{"key":${JSON.stringify(textAt(pair, 'key'))},"value":${valueJson(objectAt(pair, 'value'))}}`;
  });
  return `{"values":[${pairs.join(',')}]}`;
}

function int64At(value: Json): bigint {
  const int = bigAt(value, 'intValue');
  if (BigInt.asIntN(64, int) !== int) throw wrong('intValue', 'a signed 64-bit integer', int);
  return int;
}

function base64At(value: Json): string {
  const text = textAt(value, 'bytesValue');
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) throw wrong('bytesValue', 'base64', text);
  return Buffer.from(text, 'base64').toString('base64');
}
