/** `logproto.PushRequest` from protobuf. Hot: bench/receive.ts. */

import { ProtoCursor } from '#kit';
import { type Attributes, noAttributes } from '#model';
import type { WireEntry, WireStream } from '#normalise';
import { parseStreamLabels } from './labels.ts';

/** Refuses malformed bytes and labels. `body` may be reused when this returns. */
export function decodePush(body: Uint8Array): WireStream[] {
  const cursor = new ProtoCursor(body);
  const end = body.length;
  const streams: WireStream[] = [];
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x0a) streams.push(readStream(cursor, cursor.message(end)));
    else cursor.skip(tag, end);
  }
  return streams;
}

function readStream(cursor: ProtoCursor, end: number): WireStream {
  let labels = '';
  const entries: WireEntry[] = [];
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x0a) labels = cursor.text(end);
    else if (tag === 0x12) entries.push(readEntry(cursor, cursor.message(end)));
    else cursor.skip(tag, end);
  }
  return { labels: parseStreamLabels(labels), entries };
}

function readEntry(cursor: ProtoCursor, end: number): WireEntry {
  let timeNs = 0n;
  let line = '';
  let keys: string[] | undefined;
  let values: string[] | undefined;
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x0a) timeNs = readTimestamp(cursor, cursor.message(end));
    else if (tag === 0x12) line = cursor.text(end);
    else if (tag === 0x1a) {
      keys ??= [];
      values ??= [];
      readPair(cursor, cursor.message(end), keys, values);
    } else cursor.skip(tag, end);
  }
  const metadata: Attributes = keys && values ? { keys, values } : noAttributes;
  return { timeNs, line, metadata };
}

function readTimestamp(cursor: ProtoCursor, end: number): bigint {
  let seconds = 0;
  let nanos = 0;
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x08) seconds = cursor.int64(end);
    else if (tag === 0x10) nanos = cursor.int32(end);
    else cursor.skip(tag, end);
  }
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
}

function readPair(cursor: ProtoCursor, end: number, keys: string[], values: string[]): void {
  let name = '';
  let value = '';
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x0a) name = cursor.text(end);
    else if (tag === 0x12) value = cursor.text(end);
    else cursor.skip(tag, end);
  }
  keys.push(name);
  values.push(value);
}
