import type { Attributes, Labels, Resource, Scope } from '#model';
import type { ByteWriter } from './byte-writer.ts';

/** `Map(LowCardinality(String), String)`: names and values by turns. */
export function writeLabels(out: ByteWriter, labels: Labels): void {
  out.varint(labels.length >> 1);
  for (let i = 0; i < labels.length; i++) out.text(labels[i] as string);
}

/** Two cells: the values, and the types of those that are not strings. */
export function writeAttributes(out: ByteWriter, attributes: Attributes): void {
  const { keys, values, types } = attributes;
  out.varint(keys.length);
  for (let i = 0; i < keys.length; i++) {
    out.text(keys[i] as string);
    out.text(values[i] as string);
  }
  if (types === undefined) return out.uint8(0);
  let odd = 0;
  for (let i = 0; i < types.length; i++) if (types[i] !== 'string') odd++;
  out.varint(odd);
  for (let i = 0; i < types.length; i++) {
    if (types[i] === 'string') continue;
    out.text(keys[i] as string);
    out.text(types[i] as string);
  }
}

export const resourceColumns = 'resource, resource_types, resource_schema, resource_dropped';

export function writeResource(out: ByteWriter, resource: Resource): void {
  writeAttributes(out, resource.attributes);
  out.text(resource.schemaUrl);
  out.uint32(resource.droppedAttributes);
}

export const scopeColumns = 'scope, scope_types, scope_name, scope_version, scope_schema, scope_dropped';

export function writeScope(out: ByteWriter, scope: Scope): void {
  writeAttributes(out, scope.attributes);
  out.text(scope.name);
  out.text(scope.version);
  out.text(scope.schemaUrl);
  out.uint32(scope.droppedAttributes);
}
