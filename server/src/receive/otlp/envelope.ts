/** What the three OTLP requests share: resources that hold scopes that hold items. */

import { ProtoCursor } from '#kit';
import type { Resource, Scope } from '#model';
import type { Wired, WiredScope } from '#normalise';
import { type AttributeColumns, finishColumns, ValueReader } from './attributes.ts';

/** Reads one item that ends at `end`. */
export type ReadItem<Item> = (cursor: ProtoCursor, values: ValueReader, end: number) => Item;

/** All of a request: field 1, again and again. Refuses malformed bytes. */
export function decodeGroups<Group>(body: Uint8Array, nestingMax: number, read: ReadItem<Group>): Group[] {
  const cursor = new ProtoCursor(body);
  const values = new ValueReader(cursor, nestingMax);
  const end = body.length;
  const groups: Group[] = [];
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x0a) groups.push(read(cursor, values, cursor.message(end)));
    else cursor.skip(tag, end);
  }
  return groups;
}

/** `ResourceSpans` and `ResourceLogs` have the same shape: 1 resource, 2 scopes, 3 schema_url. */
export function resourceGroup<Item>(
  cursor: ProtoCursor,
  values: ValueReader,
  end: number,
  read: ReadItem<Item>,
): Wired<Item> {
  let resource: { attributes: AttributeColumns | undefined; dropped: number } = { attributes: undefined, dropped: 0 };
  let schemaUrl = '';
  const scopes: WiredScope<Item>[] = [];
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x0a) resource = resourceOf(cursor, values, cursor.message(end));
    else if (tag === 0x12) scopes.push(scopeGroup(cursor, values, cursor.message(end), read));
    else if (tag === 0x1a) schemaUrl = cursor.text(end);
    else cursor.skip(tag, end);
  }
  return { resource: resourceFrom(resource, schemaUrl), scopes };
}

export function resourceFrom(
  { attributes, dropped }: { attributes: AttributeColumns | undefined; dropped: number },
  schemaUrl: string,
): Resource {
  return { attributes: finishColumns(attributes), schemaUrl, droppedAttributes: dropped };
}

export function resourceOf(
  cursor: ProtoCursor,
  values: ValueReader,
  end: number,
): { attributes: AttributeColumns | undefined; dropped: number } {
  let attributes: AttributeColumns | undefined;
  let dropped = 0;
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x0a) attributes = values.attribute(attributes, end);
    else if (tag === 0x10) dropped = cursor.varint(end);
    else cursor.skip(tag, end);
  }
  return { attributes, dropped };
}

/** `ScopeSpans` and `ScopeLogs`: 1 scope, 2 items, 3 schema_url. */
function scopeGroup<Item>(
  cursor: ProtoCursor,
  values: ValueReader,
  end: number,
  read: ReadItem<Item>,
): WiredScope<Item> {
  let scope: Omit<Scope, 'schemaUrl'> = noScope;
  let schemaUrl = '';
  const items: Item[] = [];
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x12) items.push(read(cursor, values, cursor.message(end)));
    else if (tag === 0x0a) scope = scopeOf(cursor, values, cursor.message(end));
    else if (tag === 0x1a) schemaUrl = cursor.text(end);
    else cursor.skip(tag, end);
  }
  return { scope: { ...scope, schemaUrl }, items };
}

const noScope = { name: '', version: '', attributes: finishColumns(undefined), droppedAttributes: 0 };

function scopeOf(cursor: ProtoCursor, values: ValueReader, end: number): Omit<Scope, 'schemaUrl'> {
  let name = '';
  let version = '';
  let attributes: AttributeColumns | undefined;
  let droppedAttributes = 0;
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x0a) name = cursor.text(end);
    else if (tag === 0x12) version = cursor.text(end);
    else if (tag === 0x1a) attributes = values.attribute(attributes, end);
    else if (tag === 0x20) droppedAttributes = cursor.varint(end);
    else cursor.skip(tag, end);
  }
  return { name, version, attributes: finishColumns(attributes), droppedAttributes };
}
