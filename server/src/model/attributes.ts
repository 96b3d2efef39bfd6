/** What an OTLP AnyValue was before it became text, so that it can be given back whole. */
export type AttributeType = 'string' | 'int' | 'double' | 'bool' | 'bytes' | 'array' | 'kvlist' | 'empty';

/**
 * Attributes by column, in arrival order. `values` hold what a person would search for: `200`, `true`, base64 for bytes,
 * OTLP JSON (`{"values":[…]}`) for arrays and kvlists. `types` is absent when every value is a string.
 */
export interface Attributes {
  readonly keys: readonly string[];
  readonly values: readonly string[];
  readonly types?: readonly AttributeType[];
}

export const noAttributes: Attributes = { keys: [], values: [] };

export function attributeValue(attributes: Attributes, key: string): string | undefined {
  const index = attributes.keys.indexOf(key);
  return index < 0 ? undefined : attributes.values[index];
}

export interface Resource {
  readonly attributes: Attributes;
  readonly schemaUrl: string;
  readonly droppedAttributes: number;
}

export interface Scope {
  readonly name: string;
  readonly version: string;
  readonly schemaUrl: string;
  readonly attributes: Attributes;
  readonly droppedAttributes: number;
}
