/** The `labels_refs` of a series or an exemplar: places in the request's symbols, name and value by turns. */
import type { ProtoCursor } from '#kit';
import type { Symbols } from './symbols.ts';

/** Twice the labels that any limit allows; more are counted and not kept. */
const keptMax = 4096;

export class References {
  /** How many were read; only the first `keptMax` are kept. */
  count = 0;
  /** The first place that is not in the symbols. */
  missing: number | undefined;
  /** The symbols' numbers, and the same as bytes. */
  readonly numbers = new Int32Array(keptMax);
  readonly bytes = new Uint8Array(this.numbers.buffer);
  readonly view = new DataView(this.numbers.buffer);
  private readonly places = new Int32Array(keptMax);
  private readonly symbols: Symbols;

  constructor(symbols: Symbols) {
    this.symbols = symbols;
  }

  clear(): void {
    this.count = 0;
    this.missing = undefined;
  }

  readPacked(cursor: ProtoCursor, end: number): void {
    while (cursor.at < end) this.readOne(cursor, end);
  }

  readOne(cursor: ProtoCursor, end: number): void {
    const place = cursor.varint(end);
    if (!this.symbols.has(place)) this.missing ??= place;
    else if (this.count < keptMax) {
      this.places[this.count] = place;
      this.numbers[this.count] = this.symbols.numberAt(place);
    }
    this.count++;
  }

  /** What is wrong with them, or undefined: then they can be read as pairs. */
  problem(): string | undefined {
    if (this.missing !== undefined) {
      return `labels refer to symbol ${this.missing}, and the request has ${this.symbols.count}; send every symbol`;
    }
    if (this.count % 2 === 1) return `labels_refs has ${this.count} entries; send a name and a value for each label`;
    if (this.count > keptMax) return `labels_refs has ${this.count} entries, at most ${keptMax} are read; drop labels`;
    return undefined;
  }

  /** Names and values by turns. Refuses invalid UTF-8. */
  texts(): string[] {
    const texts: string[] = [];
    for (let i = 0; i < this.count; i++) texts.push(this.symbols.textAt(this.places[i] as number));
    return texts;
  }
}
