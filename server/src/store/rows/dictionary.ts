/** The cells of a `LowCardinality(String)` column: each text once, and its number in every row. Hot. */
import { Cells } from './cells.ts';

export class Dictionary {
  /** Rows so far. May be set back; a text that no row names any more does no harm. */
  length = 0;
  private numbers = new Uint32Array(256);
  private readonly known = new Map<string, number>();
  private readonly texts = new Cells();
  private lastText: string | undefined;
  private lastNumber = 0;

  push(text: string): void {
    if (this.length === this.numbers.length) this.reserve(1);
    this.numbers[this.length++] = text === this.lastText ? this.lastNumber : this.numberOf(text);
  }

  /** Writes once more the rows between the two places. */
  repeat(from: number, to: number): void {
    this.reserve(to - from);
    this.numbers.copyWithin(this.length, from, to);
    this.length += to - from;
  }

  bytes(): number {
    return this.texts.length + this.length * 2;
  }

  clear(): void {
    this.length = 0;
    this.known.clear();
    this.texts.length = 0;
    this.lastText = undefined;
  }

  /**
   * The column as `Native` has it (SerializationLowCardinality.cpp): the width of the numbers with the flags "keys
   * follow" and "new dictionary", the count and texts of the keys, the count and numbers of the rows. Nothing for no rows.
   */
  native(): Buffer[] {
    if (this.length === 0) return [];
    const width = this.known.size <= 0x100 ? 0 : this.known.size <= 0x10000 ? 1 : 2;
    const head = new Cells(16);
    head.integer64(0x600 | width);
    head.integer64(this.known.size);
    const count = new Cells(8);
    count.integer64(this.length);
    return [head.written(), this.texts.written(), count.written(), this.numbersOf(width)];
  }

  private numberOf(text: string): number {
    let number = this.known.get(text);
    if (number === undefined) {
      number = this.known.size;
      this.known.set(text, number);
      this.texts.text(text);
    }
    this.lastText = text;
    this.lastNumber = number;
    return number;
  }

  private numbersOf(width: 0 | 1 | 2): Buffer {
    const numbers = this.numbers.subarray(0, this.length);
    const narrow = width === 0 ? Uint8Array.from(numbers) : width === 1 ? Uint16Array.from(numbers) : numbers.slice();
    return Buffer.from(narrow.buffer, narrow.byteOffset, narrow.byteLength);
  }

  private reserve(more: number): void {
    if (this.length + more <= this.numbers.length) return;
    const grown = new Uint32Array(Math.max(this.numbers.length * 2, this.length + more));
    grown.set(this.numbers);
    this.numbers = grown;
  }
}
