/**
 * How samples travel from the tables: a value of eight bytes and, nearly always, four bytes each for the time (since the
 * question's start) and for the series (the low half of its id). A third less to carry than as the tables have them.
 */
import type { SeriesRef } from '#model';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { int, type Sql, sql } from '../sql.ts';
import type { NativeBlock, NativeColumn } from './native-blocks.ts';

export interface SampleLayout {
  readonly columns: readonly NativeColumn[];
  /** What is selected, from the columns `id`, `time` and `value`. */
  readonly select: Sql;
  read(block: NativeBlock): SampleBlock;
  /** Which series a cell of `keys` belongs to: -1 for one that was not asked for. */
  refOf(key: number): SeriesRef;
}

/** The columns of a block; times count from `baseMs`. */
export interface SampleBlock {
  readonly rows: number;
  readonly values: Float64Array;
  readonly times: Uint32Array | Float64Array;
  readonly keys: Uint32Array | Float64Array;
  readonly baseMs: number;
}

interface LayoutQuestion {
  readonly tenant: string;
  readonly refs: Int32Array;
  readonly startMs: number;
  readonly endMs: number;
  /** Series whose rows the answer may hold, the asked ones among them; undefined: anyone's. */
  readonly within: readonly Int32Array[] | undefined;
}

const spanMsMax = 2 ** 32;

export function layoutOf(question: LayoutQuestion, catalogue: Catalogue): SampleLayout {
  const refOf = question.endMs - question.startMs < spanMsMax ? refsOfHalves(question, catalogue) : undefined;
  return refOf === undefined
    ? wideLayout(question, catalogue)
    : narrowLayout(Math.max(0, Math.ceil(question.startMs)), refOf);
}

/** As the tables have them. */
export function wideLayout(
  { tenant, refs }: Pick<LayoutQuestion, 'tenant' | 'refs'>,
  catalogue: Catalogue,
): SampleLayout {
  const asked = new Set<SeriesRef>(refs);
  return {
    columns: [
      { name: 'value', bytes: 8 },
      { name: 'time', bytes: 8 },
      { name: 'id', bytes: 8 },
    ],
    select: sql`value, time, id`,
    read: ({ rows, cells }) => ({
      rows,
      values: new Float64Array(cells, 0, rows),
      times: wholeNumbers(new Uint32Array(cells, 8 * rows, 2 * rows)),
      keys: wholeNumbers(new Uint32Array(cells, 16 * rows)),
      baseMs: 0,
    }),
    refOf(id) {
      const ref = catalogue.refOfId(tenant, id);
      return asked.has(ref) ? ref : -1;
    },
  };
}

function narrowLayout(baseMs: number, refOf: SampleLayout['refOf']): SampleLayout {
  return {
    columns: [
      { name: 'value', bytes: 8 },
      { name: 'since', bytes: 4 },
      { name: 'half', bytes: 4 },
    ],
    select: sql`
      value, toUInt32(toUnixTimestamp64Milli(time) - ${int(baseMs)}) AS since, toUInt32(bitAnd(id, 0xFFFFFFFF)) AS half`,
    read: ({ rows, cells }) => ({
      rows,
      values: new Float64Array(cells, 0, rows),
      times: new Uint32Array(cells, 8 * rows, rows),
      keys: new Uint32Array(cells, 12 * rows),
      baseMs,
    }),
    refOf,
  };
}

/** By the low half of an id; undefined where two series that the answer may hold share one. Hot. */
function refsOfHalves({ refs, within }: LayoutQuestion, catalogue: Catalogue): SampleLayout['refOf'] | undefined {
  if (within === undefined) return undefined;
  const found = new Map<number, SeriesRef>();
  let known = 0;
  for (const list of within) {
    known += list.length;
    for (let i = 0; i < list.length; i++) found.set(catalogue.idOf(list[i] as number) >>> 0, list[i] as number);
  }
  if (found.size !== known) return undefined;
  if (known === refs.length) return (half) => found.get(half) ?? -1;
  const asked = new Set<SeriesRef>(refs);
  return (half) => {
    const ref = found.get(half) ?? -1;
    return asked.has(ref) ? ref : -1;
  };
}

/** Signed 64-bit cells as numbers. */
function wholeNumbers(words: Uint32Array): Float64Array {
  const numbers = new Float64Array(words.length / 2);
  for (let i = 0; i < numbers.length; i++) {
    numbers[i] = ((words[2 * i + 1] as number) | 0) * 4294967296 + (words[2 * i] as number);
  }
  return numbers;
}
