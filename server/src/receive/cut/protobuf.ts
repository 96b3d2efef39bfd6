/** Protobuf, cut by walking over the lengths of its messages. */
import { ProtoCursor } from '#kit';
import { Counter, type CutOptions, type Frame, Gathering, type Piece, type Shape } from './piece.ts';

const nothing = Buffer.alloc(0);

/** Refuses malformed bytes on the way to the items; what is inside the items is the decoder's business. */
export function cutProtobuf(body: Uint8Array, shape: Shape, options: CutOptions): Generator<Piece> {
  const cut: Cut = { cursor: new ProtoCursor(body), options, counter: new Counter(options) };
  return cutMessage({ start: 0, end: body.length, shape, outer: bare }, cut);
}

interface Cut {
  readonly cursor: ProtoCursor;
  readonly options: CutOptions;
  readonly counter: Counter;
}

interface Message {
  readonly start: number;
  readonly end: number;
  readonly shape: Shape;
  readonly outer: Frame;
}

const bare: Frame = { bytes: 0, wrap: (parts) => Buffer.concat(parts) };

function* cutMessage({ start, end, shape, outer }: Message, cut: Cut): Generator<Piece> {
  const { cursor, options } = cut;
  const beside = besides(start, end, shape, cut);
  const frame: Frame = {
    bytes: outer.bytes + beside.length,
    wrap: (parts) => outer.wrap([beside, ...parts]),
  };
  const gathering = new Gathering(cursor.bytes, frame, options, nothing);
  cursor.at = start;
  while (cursor.at < end) {
    const from = cursor.at;
    const tag = cursor.varint(end);
    const below = shape[tag];
    if (below === undefined) {
      cursor.skip(tag, end);
      continue;
    }
    const stop = cursor.message(end);
    const inner = cursor.at;
    if (stop - inner > options.pieceBytes && Object.keys(below).length > 0) {
      yield* gathering.interrupt();
      yield* cutMessage({ start: inner, end: stop, shape: below, outer: framed(tag, frame) }, cut);
    } else {
      const full = gathering.add(from, stop);
      if (full.length > 0) yield* full;
    }
    cursor.at = stop;
  }
  yield* gathering.close();
}

/** The fields that are not on the way to the items. Walks over the whole message, so that one cut short is refused first. */
function besides(start: number, end: number, shape: Shape, { cursor, counter }: Cut): Buffer {
  const runs: Buffer[] = [];
  cursor.at = start;
  let runStart = start;
  while (cursor.at < end) {
    const from = cursor.at;
    const tag = cursor.varint(end);
    counter.add(1);
    cursor.skip(tag, end);
    if (shape[tag] === undefined) continue;
    if (from > runStart) runs.push(cursor.bytes.subarray(runStart, from));
    runStart = cursor.at;
  }
  if (end > runStart) runs.push(cursor.bytes.subarray(runStart, end));
  return Buffer.concat(runs);
}

/** One more message, with this tag (of one byte), around what stands in it. */
function framed(tag: number, outer: Frame): Frame {
  return {
    bytes: outer.bytes,
    wrap(parts) {
      const length = parts.reduce((sum, part) => sum + part.length, 0);
      return outer.wrap([Buffer.from([tag, ...varint(length)]), ...parts]);
    },
  };
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 0x80; left >>>= 7) bytes.push((left & 0x7f) | 0x80);
  bytes.push(left);
  return bytes;
}
