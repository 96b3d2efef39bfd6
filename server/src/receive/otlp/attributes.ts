/** KeyValue and AnyValue from protobuf, straight into attribute columns. Hot: bench/receive.ts. */

import type { ProtoCursor } from '#kit';
import { type Attributes, type AttributeType, noAttributes, Refusal } from '#model';
import { numberText } from './values.ts';

export interface AttributeColumns {
  readonly keys: string[];
  readonly values: string[];
  types: AttributeType[] | undefined;
}

export function newColumns(): AttributeColumns {
  return { keys: [], values: [], types: undefined };
}

export function finishColumns(columns: AttributeColumns | undefined): Attributes {
  if (columns === undefined) return noAttributes;
  return columns.types === undefined ? { keys: columns.keys, values: columns.values } : (columns as Attributes);
}

/** What the last AnyValue was; one value is read at a time. */
export class ValueReader {
  value = '';
  type: AttributeType = 'empty';
  private readonly cursor: ProtoCursor;
  private readonly nestingMax: number;

  constructor(cursor: ProtoCursor, nestingMax: number) {
    this.cursor = cursor;
    this.nestingMax = nestingMax;
  }

  /** A field that is a KeyValue, appended; the columns are made for the first. */
  attribute(columns: AttributeColumns | undefined, end: number): AttributeColumns {
    const into = columns ?? newColumns();
    this.keyValue(into, this.cursor.message(end));
    return into;
  }

  /** A KeyValue that ends at `end`, appended. */
  keyValue(into: AttributeColumns, end: number): void {
    const { cursor } = this;
    let key = '';
    this.value = '';
    this.type = 'empty';
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === 0x0a) key = cursor.text(end);
      else if (tag === 0x12) this.anyValue(cursor.message(end));
      else cursor.skip(tag, end);
    }
    append(into, key, this.value, this.type);
  }

  /** An AnyValue that ends at `end`, into `value` and `type`. Arrays and kvlists become OTLP JSON. */
  anyValue(end: number): void {
    const { cursor } = this;
    this.value = '';
    this.type = 'empty';
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      switch (tag) {
        case 0x0a:
          this.set('string', cursor.text(end));
          break;
        case 0x10:
          this.set('bool', cursor.varint(end) === 0 ? 'false' : 'true');
          break;
        case 0x18:
          this.set('int', intText(cursor, end));
          break;
        case 0x21:
          this.set('double', numberText(cursor.double(end)));
          break;
        case 0x2a:
          this.set('array', this.arrayJson(cursor.message(end), 1));
          break;
        case 0x32:
          this.set('kvlist', this.kvlistJson(cursor.message(end), 1));
          break;
        case 0x3a:
          this.set('bytes', base64(cursor, end));
          break;
        default:
          cursor.skip(tag, end);
      }
    }
  }

  private set(type: AttributeType, value: string): void {
    this.type = type;
    this.value = value;
  }

  private arrayJson(end: number, depth: number): string {
    const { cursor } = this;
    const values: string[] = [];
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === 0x0a) values.push(this.valueJson(cursor.message(end), depth + 1));
      else cursor.skip(tag, end);
    }
    return `{"values":[${values.join(',')}]}`;
  }

  private kvlistJson(end: number, depth: number): string {
    const { cursor } = this;
    const values: string[] = [];
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === 0x0a) values.push(this.keyValueJson(cursor.message(end), depth + 1));
      else cursor.skip(tag, end);
    }
    return `{"values":[${values.join(',')}]}`;
  }

  private keyValueJson(end: number, depth: number): string {
    const { cursor } = this;
    let key = '';
    let value = '{}';
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === 0x0a) key = cursor.text(end);
      else if (tag === 0x12) value = this.valueJson(cursor.message(end), depth);
      else cursor.skip(tag, end);
    }
    return `{"key":${JSON.stringify(key)},"value":${value}}`;
  }

  private valueJson(end: number, depth: number): string {
    if (depth > this.nestingMax) throw tooDeep(this.nestingMax);
    const { cursor } = this;
    let json = '{}';
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      switch (tag) {
        case 0x0a:
          json = `{"stringValue":${JSON.stringify(cursor.text(end))}}`;
          break;
        case 0x10:
          json = `{"boolValue":${cursor.varint(end) !== 0}}`;
          break;
        case 0x18:
          json = `{"intValue":"${intText(cursor, end)}"}`;
          break;
        case 0x21:
          json = `{"doubleValue":${doubleJson(cursor.double(end))}}`;
          break;
        case 0x2a:
          json = `{"arrayValue":${this.arrayJson(cursor.message(end), depth)}}`;
          break;
        case 0x32:
          json = `{"kvlistValue":${this.kvlistJson(cursor.message(end), depth)}}`;
          break;
        case 0x3a:
          json = `{"bytesValue":"${base64(cursor, end)}"}`;
          break;
        default:
          cursor.skip(tag, end);
      }
    }
    return json;
  }
}

export function append(into: AttributeColumns, key: string, value: string, type: AttributeType): void {
  if (type !== 'string' && into.types === undefined) into.types = into.keys.map(() => 'string');
  into.keys.push(key);
  into.values.push(value);
  into.types?.push(type);
}

function tooDeep(nestingMax: number): Refusal {
  return new Refusal(`values are nested deeper than ${nestingMax} (limits.receive.nestingMax); flatten them`, {
    code: 'BAD_REQUEST',
  });
}

/** JSON has no NaN and no infinities: OTLP JSON writes them as strings. */
export function doubleJson(value: number): string {
  return Number.isFinite(value) ? numberText(value) : `"${numberText(value)}"`;
}

function intText(cursor: ProtoCursor, end: number): string {
  const low = cursor.varint(end);
  if (cursor.high === 0) return String(low);
  return cursor.bigInt().toString();
}

function base64(cursor: ProtoCursor, end: number): string {
  const stop = cursor.message(end);
  const text = cursor.bytes.toString('base64', cursor.at, stop);
  cursor.at = stop;
  return text;
}
