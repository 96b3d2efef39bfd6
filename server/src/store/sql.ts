/**
 * SQL is text you can read; values are parameters. The tag accepts only `Sql` and `Param`, so a bare string inside a
 * query is a type error. Parameters travel as ClickHouse query parameters (`{p0:String}` + `param_p0`).
 */
export interface Sql {
  readonly kind: 'sql';
  readonly parts: readonly string[];
  readonly values: readonly (Sql | Param)[];
}

export interface Param {
  readonly kind: 'param';
  readonly type: string;
  readonly value: unknown;
}

export function sql(parts: TemplateStringsArray, ...values: (Sql | Param)[]): Sql {
  return { kind: 'sql', parts, values };
}

export const text = (value: string): Param => ({ kind: 'param', type: 'String', value });
export const int = (value: number | bigint): Param => ({ kind: 'param', type: 'Int64', value: String(value) });
export const uint64 = (value: number | bigint): Param => ({ kind: 'param', type: 'UInt64', value: String(value) });
export const float = (value: number): Param => ({ kind: 'param', type: 'Float64', value });
export const texts = (value: readonly string[]): Param => ({ kind: 'param', type: 'Array(String)', value });
/** A ClickHouse identifier (column or table): bound as one, so quotes and dots in it are literal. */
export const identifier = (value: string): Param => ({ kind: 'param', type: 'Identifier', value });

/** Puts pieces one after another with `separator` between them; for lists of conditions. */
export function joinSql(pieces: readonly (Sql | Param)[], separator: ' AND ' | ' OR ' | ', ' | ' '): Sql {
  if (pieces.length === 0) return { kind: 'sql', parts: [''], values: [] };
  const parts = ['', ...pieces.slice(1).map(() => separator as string), ''];
  return { kind: 'sql', parts, values: pieces };
}

/**
 * The query's text with `{pN:Type}` placeholders, and the parameters by name. A parameter travels in the URL, which
 * ClickHouse bounds (131,072 bytes a field, 1 MiB in all, both as written there); a long text is written out instead.
 */
export function renderSql(query: Sql): { text: string; params: Record<string, unknown> } {
  const params: Record<string, unknown> = {};
  let count = 0;
  const render = (piece: Sql | Param): string => {
    if (piece.kind === 'param') {
      const writtenOut = isLong(piece) ? literalOf(piece) : undefined;
      if (writtenOut !== undefined) return writtenOut;
      const name = `p${count++}`;
      params[name] = piece.value;
      return `{${name}:${piece.type}}`;
    }
    return piece.parts.map((part, i) => part + (piece.values[i] ? render(piece.values[i]) : '')).join('');
  };
  return { text: render(query), params };
}

/** A character becomes up to nine bytes of the URL. */
const parameterCharsMax = 8_000;

function isLong({ value }: Param): boolean {
  if (typeof value === 'string') return value.length > parameterCharsMax;
  if (!Array.isArray(value)) return false;
  let chars = 0;
  for (const item of value) {
    chars += String(item).length + 3;
    if (chars > parameterCharsMax) return true;
  }
  return false;
}

function literalOf({ type, value }: Param): string | undefined {
  if (type === 'String') return literal(value as string);
  if (type === 'Array(String)') return `[${(value as string[]).map(literal).join(',')}]`;
  return undefined;
}

/** A text as ClickHouse reads it between quotes: whatever stands in it, it does not end there. */
export function literal(value: string): string {
  return `'${value.replaceAll(/['\\\0]/g, (char) => (char === '\0' ? '\\0' : `\\${char}`))}'`;
}

/** A list of whole numbers, written out: for lists too long for a parameter. Only digits can come of it. */
export function integers(values: Iterable<number>): Sql {
  const digits = Array.from(values, (value) => BigInt(value).toString());
  return { kind: 'sql', parts: [digits.join(',')], values: [] };
}
