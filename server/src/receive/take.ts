/**
 * A decoded body to durable rows, booked. A large one is read in pieces and written in portions, with turns for everybody
 * else between them; nothing of it is written before all of it has been read, for a broken body is refused whole.
 */
import { Pace, requestIdOf } from '#kit';
import { type Limits, Refusal } from '#model';
import type { Tallies, Tally } from '#normalise';
import type { WriteBatch } from '#store';
import { type Book, bookRefused, bookStored, bookUndecoded } from './books.ts';
import type { Lease } from './budget.ts';
import type { CutOptions, Piece } from './cut/index.ts';
import type { ReceiveDeps } from './deps.ts';
import { largeBytesMin } from './turns.ts';

/** The rows of a small body or of a piece. */
export interface Portion {
  readonly batch: WriteBatch;
  readonly rowCount: number;
  readonly tallies: Tallies;
  /** Told when the rows could not be written. */
  readonly notWritten?: () => void;
}

export interface Body {
  readonly bytes: Buffer;
  /** Closed as soon as the bytes have been read. */
  readonly lease: Lease;
  readonly book: Book;
  /** Who to book a body on that cannot be read. */
  readonly sender: string;
  /** What the items are called: `spans`. */
  readonly noun: string;
  read(bytes: Buffer, requestId: string): Portion;
  /** Where reading changes what is remembered, every piece is looked through before the first is read. */
  readonly check?: (bytes: Buffer) => void;
  cut(bytes: Buffer, options: CutOptions): Iterable<Piece | undefined>;
}

const pieceBytes = 128 * 1024;
/** Items so small that thousands fit a piece make rows that are larger than they; such a piece is cut again. */
const denseItemsMin = 8192;
const densePieceBytes = 8 * 1024;

/** Resolves when everything that was accepted is durable. Refuses when something could not be taken; a retry is safe. */
export async function takeBody(body: Body, deps: ReceiveDeps): Promise<readonly Tally[]> {
  const small = readSmall(body);
  if (small !== undefined) {
    body.lease.close();
    await write(small, body.book, deps);
    return [...small.tallies.values()];
  }
  const endTurn = await deps.budget.decoding.take(body.lease.who);
  const writes: Promise<void>[] = [];
  const pace = new Pace(deps.clock);
  const tallies: Tally[] = [];
  try {
    const portions = await readLarge(body, pace, deps.limits.receive);
    body.lease.close();
    for (const portion of portions) {
      if (pace.isDue) await pace.rest();
      tallies.push(...portion.tallies.values());
      const written = write(portion, body.book, deps);
      // It may fail while others are still being handed over; how it ended is read below.
      written.catch(() => undefined);
      writes.push(written);
    }
  } finally {
    endTurn();
  }
  for (const end of await Promise.allSettled(writes)) if (end.status === 'rejected') throw end.reason;
  return tallies;
}

async function write({ batch, rowCount, tallies, notWritten }: Portion, book: Book, deps: ReceiveDeps): Promise<void> {
  if (rowCount === 0) return bookStored(book, tallies, 0);
  const { duplicateRows } = await deps.write(batch).catch((error) => {
    notWritten?.();
    bookRefused(book, tallies, error);
    throw error;
  });
  bookStored(book, tallies, duplicateRows);
}

/** Undefined when it is none. */
function readSmall(body: Body): Portion | undefined {
  if (body.bytes.length > largeBytesMin) return undefined;
  try {
    const portion = body.read(body.bytes, requestIdOf(body.bytes));
    return portion.rowCount < denseItemsMin || body.check ? portion : undefined;
  } catch (error) {
    bookUndecoded(body.book, body.sender, error);
    throw error;
  }
}

async function readLarge(body: Body, pace: Pace, limits: Limits['receive']): Promise<readonly Portion[]> {
  try {
    if (body.check) for await (const piece of paced(cut(body, pieceBytes, limits), pace)) body.check(piece.body);
    const reading = new Reading(body, limits);
    for await (const piece of paced(cut(body, pieceBytes, limits), pace)) {
      const portion = reading.read(piece);
      if (portion.rowCount < denseItemsMin || body.check) reading.keep(portion);
      else
        for await (const part of paced(body.cut(piece.body, optionsOf(densePieceBytes, limits)), pace))
          reading.keep(reading.read(part));
    }
    return reading.portions;
  } catch (error) {
    bookUndecoded(body.book, body.sender, error);
    throw error;
  }
}

function cut(body: Body, bytes: number, limits: Limits['receive']): Iterable<Piece | undefined> {
  return body.cut(body.bytes, optionsOf(bytes, limits));
}

function optionsOf(bytes: number, { itemBytesMax, itemsMax }: Limits['receive']): CutOptions {
  return { pieceBytes: bytes, itemBytesMax, itemsMax };
}

async function* paced(pieces: Iterable<Piece | undefined>, pace: Pace): AsyncGenerator<Piece> {
  for (const piece of pieces) {
    if (pace.isDue) await pace.rest();
    if (piece !== undefined) yield piece;
  }
}

class Reading {
  readonly portions: Portion[] = [];
  private items = 0;
  /** Of all pieces so far, for the same piece may come twice in a body and is no retry then. */
  private requestId = '';
  private readonly body: Body;
  private readonly limits: Limits['receive'];

  constructor(body: Body, limits: Limits['receive']) {
    this.body = body;
    this.limits = limits;
  }

  read({ body, leftOutBytes }: Piece): Portion {
    this.requestId = requestIdOf(Buffer.from(this.requestId + requestIdOf(body)));
    const portion = this.body.read(body, this.requestId);
    if (leftOutBytes > 0) for (const tally of portion.tallies.values()) this.refuseItem(tally, leftOutBytes);
    return portion;
  }

  keep(portion: Portion): void {
    for (const { received } of portion.tallies.values()) this.items += received;
    if (this.items > this.limits.itemsMax) {
      throw new Refusal(
        `body holds more than ${this.limits.itemsMax} ${this.body.noun} (limits.receive.itemsMax); send smaller batches`,
        { code: 'BODY_TOO_LARGE' },
      );
    }
    this.portions.push(portion);
  }

  /** The piece held nothing but what stood around the item, so its tally is the one of the item's sender. */
  private refuseItem(tally: Tally, bytes: number): void {
    const { itemBytesMax } = this.limits;
    const example = () =>
      `one of the ${this.body.noun} is ${bytes} bytes, limits.receive.itemBytesMax is ${itemBytesMax}; shorten it at the source`;
    tally.receive(1);
    tally.reject('item_too_large', 1, example);
  }
}
