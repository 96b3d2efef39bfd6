/**
 * Booking a request in the ledger so that the books balance on every path: received = stored + rejected + duplicates.
 * A request that cannot be decoded is booked as one item, for nobody knows how many it held.
 */
import type { Ledger, Protocol, Sender, Signal } from '#kit';
import { Refusal } from '#model';
import type { Tallies, Tally } from '#normalise';

export interface Book {
  readonly ledger: Ledger;
  readonly protocol: Protocol;
  readonly signal: Signal;
}

/** Books a request whose accepted items are durable; `duplicates` of them had been stored before. */
export function bookStored(book: Book, tallies: Tallies, duplicates: number): void {
  let left = duplicates;
  for (const [sender, tally] of tallies) {
    const who = bookArrival(book, sender, tally);
    const repeated = Math.min(left, tally.accepted);
    left -= repeated;
    if (repeated > 0) book.ledger.duplicates(who, repeated);
    if (tally.accepted > repeated) book.ledger.stored(who, tally.accepted - repeated);
  }
}

/** Books a request whose accepted items the store did not take. */
export function bookRefused(book: Book, tallies: Tallies, error: unknown): void {
  for (const [sender, tally] of tallies) {
    const who = bookArrival(book, sender, tally);
    if (tally.accepted > 0) book.ledger.rejected(who, reasonOf(error), tally.accepted, messageOf(error));
  }
}

/** Books a request that was refused before its items were known. */
export function bookUndecoded(book: Book, sender: string, error: unknown): void {
  const who = whoOf(book, sender);
  book.ledger.received(who, 1);
  book.ledger.rejected(who, reasonOf(error), 1, messageOf(error));
}

function bookArrival(book: Book, sender: string, tally: Tally): Sender {
  const who = whoOf(book, sender);
  if (tally.received > 0) book.ledger.received(who, tally.received);
  if (tally.repeated > 0) book.ledger.duplicates(who, tally.repeated);
  for (const [reason, { count, example }] of tally.reasons) book.ledger.rejected(who, reason, count, example);
  return who;
}

function whoOf({ protocol, signal }: Book, sender: string): Sender {
  return { protocol, signal, sender: sender.slice(0, senderCharsMax) };
}

const senderCharsMax = 120;

/** What the ledger calls an error: a refusal by its code; anything else is a bug of ours. */
export function reasonOf(error: unknown): string {
  return error instanceof Refusal ? error.code.toLowerCase() : 'internal_error';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
