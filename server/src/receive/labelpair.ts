/** A name and its value as Prometheus' protobuf messages, all of them, have it: fields 1 and 2. */
import type { ProtoCursor } from '#kit';

export function readLabelPair(cursor: ProtoCursor, end: number, into: string[]): void {
  let name = '';
  let value = '';
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x0a) name = cursor.text(end);
    else if (tag === 0x12) value = cursor.text(end);
    else cursor.skip(tag, end);
  }
  into.push(name, value);
}
