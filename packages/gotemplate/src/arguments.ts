import { TemplateProblem } from './nodes.ts';
import { type GoTime, isTime, typeName, type Value } from './values.ts';

/** Typed access to a function's arguments, with Go's complaints when they do not fit. */
export class Arguments {
  private readonly name: string;
  private readonly values: readonly Value[];

  constructor(name: string, values: readonly Value[], counts: { min: number; max: number }) {
    if (values.length < counts.min || values.length > counts.max) {
      const want = counts.min === counts.max ? `want ${counts.min}` : `want at least ${counts.min}`;
      throw new TemplateProblem(`wrong number of args for ${name}: ${want} got ${values.length}`);
    }
    this.name = name;
    this.values = values;
  }

  any(index: number): Value {
    return this.values[index];
  }

  string(index: number): string {
    const value = this.values[index];
    return typeof value === 'string' ? value : this.wrong('string', value);
  }

  /** A Go int parameter, which takes no text: `trunc .x` needs `int`. */
  int(index: number): number {
    const value = this.values[index];
    return typeof value === 'bigint' ? Number(value) : this.wrong('int', value);
  }

  time(index: number): GoTime {
    const value = this.values[index];
    return isTime(value) ? value : this.wrong('time.Time', value);
  }

  private wrong(wanted: string, value: Value): never {
    const problem = `wrong type for value; expected ${wanted}; got ${typeName(value)}`;
    throw new TemplateProblem(`error calling ${this.name}: ${problem}`);
  }
}
