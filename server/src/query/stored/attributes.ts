import type { Attribute } from '@farol/contract';

/** What `mapKeys`, `mapValues` and the `*_types` map give for one attribute column. */
export interface StoredAttributes {
  readonly keys: readonly string[];
  readonly values: readonly string[];
  /** Only keys whose value is not a string. */
  readonly typeKeys: readonly string[];
  readonly types: readonly string[];
}

/** In stored order. A key that was stored twice is given twice: an OTLP record is given back whole. */
export function attributesFrom(stored: StoredAttributes): Attribute[] {
  const typeOf = new Map<string, string>();
  for (let i = 0; i < stored.typeKeys.length; i++) typeOf.set(stored.typeKeys[i] ?? '', stored.types[i] ?? '');
  return stored.keys.map((key, i) => ({
    key,
    value: stored.values[i] ?? '',
    type: attributeType(typeOf.get(key)),
  }));
}

const types = new Set(['string', 'int', 'double', 'bool', 'bytes', 'array', 'kvlist', 'empty']);

function attributeType(name: string | undefined): Attribute['type'] {
  return name !== undefined && types.has(name) ? (name as Attribute['type']) : 'string';
}

interface OtlpAttribute {
  readonly key?: unknown;
  readonly value?: Readonly<Record<string, unknown>>;
}

/** Attributes as OTLP JSON writes them (`[{ key, value: { intValue: "1" } }]`), as events and links are stored. */
export function attributesFromOtlp(list: unknown): Attribute[] {
  if (!Array.isArray(list)) return [];
  return list.map((item: OtlpAttribute) => ({ key: String(item?.key ?? ''), ...anyValue(item?.value) }));
}

const kinds: readonly (readonly [field: string, type: Attribute['type']])[] = [
  ['stringValue', 'string'],
  ['intValue', 'int'],
  ['doubleValue', 'double'],
  ['boolValue', 'bool'],
  ['bytesValue', 'bytes'],
  ['arrayValue', 'array'],
  ['kvlistValue', 'kvlist'],
];

function anyValue(value: Readonly<Record<string, unknown>> | undefined): { value: string; type: Attribute['type'] } {
  for (const [field, type] of kinds) {
    const found = value?.[field];
    if (found === undefined || found === null) continue;
    return { value: typeof found === 'object' ? JSON.stringify(found) : String(found), type };
  }
  return { value: '', type: 'empty' };
}
