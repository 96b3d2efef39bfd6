/** What a large body is cut into, whatever its format. */
import { Refusal } from '#model';

export interface Piece {
  readonly body: Buffer;
  /** The size of an item that was left out because it is over `itemBytesMax`; 0 when none was. */
  readonly leftOutBytes: number;
}

/** What is on the way to the items, by tag (protobuf) or by name (JSON). The items themselves have no shape. */
export interface Shape {
  readonly [field: string]: Shape;
}

export interface CutOptions {
  /** A piece is about this large: a few milliseconds of work. */
  readonly pieceBytes: number;
  readonly itemBytesMax: number;
  readonly itemsMax: number;
}

/** What surrounds the items of a piece: the messages they stand in, and what else those hold. */
export interface Frame {
  readonly bytes: number;
  /** The parts of what stands in the frame, one behind the other. */
  wrap(parts: readonly Buffer[]): Buffer;
}

const none: readonly Piece[] = [];

/** Neighbouring items, gathered in their frame until there are enough for a piece. */
export class Gathering {
  private readonly body: Buffer;
  private readonly frame: Frame;
  private readonly separator: Buffer;
  private readonly itemBytesMax: number;
  private readonly bytesMax: number;
  /** Start and end by turns. */
  private runs: number[] = [];
  private bytes = 0;
  private saidNothing = true;

  /** `separator` is what stands between neighbours: nothing in protobuf, a comma in JSON. */
  constructor(body: Buffer, frame: Frame, options: CutOptions, separator: Buffer) {
    assertFrameFits(frame.bytes, options.itemBytesMax);
    this.body = body;
    this.frame = frame;
    this.separator = separator;
    this.itemBytesMax = options.itemBytesMax;
    // What is repeated in every piece must not outweigh what is not.
    this.bytesMax = Math.max(options.pieceBytes, frame.bytes);
  }

  /** Returns what had to make room for it. */
  add(start: number, end: number): readonly Piece[] {
    if (end - start > this.itemBytesMax) return [...this.flush(), this.piece([], end - start)];
    const full = this.bytes + end - start > this.bytesMax ? this.flush() : none;
    const last = this.runs.length - 1;
    if (last > 0 && this.runs[last] === start - this.separator.length) this.runs[last] = end;
    else this.runs.push(start, end);
    this.bytes += end - start;
    return full;
  }

  /** Before something of this frame that is cut further. */
  interrupt(): readonly Piece[] {
    const left = this.flush();
    this.saidNothing = false;
    return left;
  }

  /** What is left; the frame alone when it held nothing, for it may be broken. */
  close(): readonly Piece[] {
    const left = this.flush();
    return this.saidNothing ? [this.piece([], 0)] : left;
  }

  private flush(): readonly Piece[] {
    if (this.runs.length === 0) return none;
    const parts: Buffer[] = [];
    for (let i = 0; i < this.runs.length; i += 2) {
      if (i > 0) parts.push(this.separator);
      parts.push(this.body.subarray(this.runs[i], this.runs[i + 1]));
    }
    this.runs = [];
    this.bytes = 0;
    return [this.piece(parts, 0)];
  }

  private piece(parts: readonly Buffer[], leftOutBytes: number): Piece {
    this.saidNothing = false;
    return { body: this.frame.wrap(parts), leftOutBytes };
  }
}

function assertFrameFits(bytes: number, max: number): void {
  if (bytes <= max) return;
  throw new Refusal(
    `a resource, scope, metric or stream has ${bytes} bytes beside its items, limits.receive.itemBytesMax is ${max}; shorten it`,
    { code: 'BODY_TOO_LARGE' },
  );
}

/** Counts what is met on the way to the items, and the items. */
export class Counter {
  private count = 0;
  private readonly max: number;

  constructor({ itemsMax }: CutOptions) {
    this.max = itemsMax;
  }

  add(items: number): void {
    this.count += items;
    if (this.count <= this.max) return;
    throw new Refusal(`body holds more than ${this.max} items (limits.receive.itemsMax); send smaller batches`, {
      code: 'BODY_TOO_LARGE',
    });
  }
}
