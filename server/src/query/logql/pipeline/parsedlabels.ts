/** Past so many names they are forgotten at the next line: in plain text every word may be one. */
const namesMax = 10_000;

/**
 * What parsers found in a line, in the order of finding. Emptied for every line, as a map would be, but without making
 * room anew: lines of one shape have the same names.
 */
export class ParsedLabels {
  private readonly slots = new Map<string, number>();
  private readonly names: string[] = [];
  private readonly values: string[] = [];
  /** The line that each value is of. */
  private readonly lines: number[] = [];
  private line = 1;
  private readonly order: number[] = [];

  get size(): number {
    return this.order.length;
  }

  get(name: string): string | undefined {
    const slot = this.slots.get(name);
    return slot !== undefined && this.lines[slot] === this.line ? this.values[slot] : undefined;
  }

  has(name: string): boolean {
    const slot = this.slots.get(name);
    return slot !== undefined && this.lines[slot] === this.line;
  }

  set(name: string, value: string): void {
    let slot = this.slots.get(name);
    if (slot === undefined) {
      slot = this.names.push(name) - 1;
      this.slots.set(name, slot);
    }
    if (this.lines[slot] !== this.line) {
      this.lines[slot] = this.line;
      this.order.push(slot);
    }
    this.values[slot] = value;
  }

  delete(name: string): boolean {
    const slot = this.slots.get(name);
    if (slot === undefined || this.lines[slot] !== this.line) return false;
    this.lines[slot] = 0;
    this.order.splice(this.order.indexOf(slot), 1);
    return true;
  }

  clear(): void {
    if (this.order.length === 0) return;
    this.line++;
    this.order.length = 0;
    if (this.names.length <= namesMax) return;
    this.slots.clear();
    this.names.length = 0;
    this.values.length = 0;
    this.lines.length = 0;
  }

  *[Symbol.iterator](): Generator<[string, string]> {
    for (const slot of this.order) yield [this.names[slot] ?? '', this.values[slot] ?? ''];
  }

  /** Equal for the same pairs in the same order. */
  key(): string {
    let key = '';
    for (const slot of this.order) {
      const name = this.names[slot] ?? '';
      const value = this.values[slot] ?? '';
      key += `,${name.length}:${name}${value.length}:${value}`;
    }
    return key;
  }
}
