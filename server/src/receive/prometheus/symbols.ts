/**
 * Remote write 2.0 names labels by their place in the request's symbols. Senders build that list anew for each request,
 * so places mean nothing between requests; but the texts repeat without end. Each text gets a number for life here, and
 * a series is known by the numbers of its labels: no text is decoded for a series seen before. Hot: bench/receive.ts.
 */

import type { ProtoCursor } from '#kit';
import { textAt } from '#kit';
import { Refusal, type SeriesRef } from '#model';
import { hashOf, SeriesTable } from './seriestable.ts';

const symbolsKnownMax = 1_000_000;
const seriesKnownMax = 500_000;
const arenaBytesMax = 64 * 1024 * 1024;

/** Numbers are never given twice; past this many the memory is replaced by a new one. */
const numbersMax = 2 ** 30;

const noTenant = 0;

const nameBytes = Buffer.from('__name__');
const nameView = new DataView(nameBytes.buffer, nameBytes.byteOffset, nameBytes.length);

export class SymbolMemory {
  /** Series by the numbers of their labels, as bytes. */
  readonly series = new SeriesTable({ entriesMax: seriesKnownMax, arenaBytesMax });
  private readonly texts = new SeriesTable({ entriesMax: symbolsKnownMax, arenaBytesMax });
  private given = 0;

  /** True when it is time for a new memory; requests at hand keep the one they have. */
  get isSpent(): boolean {
    return this.given > numbersMax;
  }

  numberOf(view: DataView, bytes: Uint8Array, start: number, end: number): number {
    const hash = hashOf(view, start, end);
    const known = this.texts.find(noTenant, hash, bytes, start, end);
    if (known >= 0) return known;
    const number: SeriesRef = this.given++;
    this.texts.add(noTenant, hash, bytes, start, end, number);
    return number;
  }
}

/** Twelve bytes each are held while the request is read. */
const symbolsMax = 1_000_000;

/** The symbols of one request, by place. */
export class Symbols {
  count = 0;
  /** The number of `__name__`. */
  readonly nameNumber: number;
  private readonly cursor: ProtoCursor;
  private readonly view: DataView;
  private readonly memory: SymbolMemory;
  private starts = new Int32Array(1024);
  private ends = new Int32Array(1024);
  private numbers = new Int32Array(1024);

  constructor(cursor: ProtoCursor, view: DataView, memory: SymbolMemory) {
    this.cursor = cursor;
    this.view = view;
    this.memory = memory;
    this.nameNumber = memory.numberOf(nameView, nameBytes, 0, nameBytes.length);
  }

  /** Takes the next symbol, `bytes[start, end)`. Refuses a list that does not begin with the empty text. */
  add(start: number, end: number): void {
    if (this.count === 0 && start !== end) {
      throw bad('symbols[0] is not empty; remote write 2.0 keeps the first symbol for what is absent');
    }
    if (this.count === symbolsMax) throw bad(`a request has at most ${symbolsMax} symbols; send smaller batches`);
    if (this.count === this.starts.length) this.grow();
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.numbers[this.count] = this.memory.numberOf(this.view, this.cursor.bytes, start, end);
    this.count++;
  }

  has(place: number): boolean {
    return place < this.count;
  }

  /** For places that it `has`. */
  numberAt(place: number): number {
    return this.numbers[place] as number;
  }

  /** Refuses invalid UTF-8. */
  textAt(place: number): string {
    return textAt(this.cursor.bytes, this.starts[place] as number, this.ends[place] as number);
  }

  private grow(): void {
    this.starts = twice(this.starts);
    this.ends = twice(this.ends);
    this.numbers = twice(this.numbers);
  }
}

function twice(from: Int32Array): Int32Array<ArrayBuffer> {
  const to = new Int32Array(from.length * 2);
  to.set(from);
  return to;
}

function bad(message: string): Refusal {
  return new Refusal(message, { code: 'BAD_REQUEST' });
}
