/** Values as OTLP writes them, as JSON (64-bit numbers as texts) and as protobuf. */
import type { Attribute } from '@farol/contract';
import { formatDuration } from '@farol/traceql';
import type { ProtoWriter } from '#kit';
import type { Value } from '#query/traceql';

export type AnyValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number | 'NaN' | 'Infinity' | '-Infinity' }
  | { readonly bytesValue: string }
  | { readonly arrayValue: { readonly values?: readonly AnyValue[] } }
  | { readonly kvlistValue: { readonly values?: readonly KeyValue[] } }
  | Record<string, never>;

export interface KeyValue {
  readonly key: string;
  readonly value: AnyValue;
}

export const keyValues = (attributes: readonly Attribute[]): KeyValue[] =>
  attributes.map(({ key, value, type }) => ({ key, value: storedValue(type, value) }));

function storedValue(type: Attribute['type'], text: string): AnyValue {
  switch (type) {
    case 'string':
      return { stringValue: text };
    case 'int':
      return { intValue: text };
    case 'double':
      return { doubleValue: doubleJson(Number(text)) };
    case 'bool':
      return { boolValue: text === 'true' };
    case 'bytes':
      return { bytesValue: text };
    case 'array':
      return { arrayValue: parsedList(text) };
    case 'kvlist':
      return { kvlistValue: parsedList(text) };
    case 'empty':
      return {};
  }
}

/** Stored as OTLP's JSON already. */
function parsedList<T>(json: string): { readonly values?: readonly T[] } {
  return json === '' ? {} : (JSON.parse(json) as { values?: readonly T[] });
}

export function doubleJson(value: number): number | 'NaN' | 'Infinity' | '-Infinity' {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

/** A value that a query looked at; that there is none is the text `nil`. */
export function queriedValue(value: Value): AnyValue {
  if (value === undefined) return { stringValue: 'nil' };
  switch (value.type) {
    case 'string':
    case 'status':
    case 'kind':
      return { stringValue: value.value };
    case 'bool':
      return { boolValue: value.value };
    case 'int':
      return { intValue: String(value.value) };
    case 'float':
      return { doubleValue: doubleJson(Number(value.value)) };
    case 'duration':
      return { stringValue: formatDuration(Math.round(Number(value.value))) };
    case 'list': {
      const [only] = value.items;
      if (value.of === 'events' && value.items.length === 1) return queriedValue(only);
      return { arrayValue: { values: value.items.map(queriedValue) } };
    }
  }
}

/** opentelemetry/proto/common/v1/common.proto: KeyValue. */
export function writeKeyValues(writer: ProtoWriter, field: number, pairs: readonly KeyValue[]): void {
  for (const { key, value } of pairs) {
    writer.message(field, () => {
      writer.text(1, key).message(2, () => writeAnyValue(writer, value));
    });
  }
}

function writeAnyValue(writer: ProtoWriter, value: AnyValue): void {
  if ('stringValue' in value) writer.text(1, String(value.stringValue));
  else if ('boolValue' in value) writer.bool(2, Boolean(value.boolValue));
  else if ('intValue' in value) writer.varint(3, BigInt(String(value.intValue)));
  else if ('doubleValue' in value) writer.double(4, Number(value.doubleValue));
  else if ('arrayValue' in value) {
    const { values = [] } = value.arrayValue as { values?: readonly AnyValue[] };
    writer.message(5, () => {
      for (const inner of values) writer.message(1, () => writeAnyValue(writer, inner));
    });
  } else if ('kvlistValue' in value) {
    const { values = [] } = value.kvlistValue as { values?: readonly KeyValue[] };
    writer.message(6, () => writeKeyValues(writer, 1, values));
  } else if ('bytesValue' in value) writer.bytes(7, Buffer.from(String(value.bytesValue), 'base64'));
}
