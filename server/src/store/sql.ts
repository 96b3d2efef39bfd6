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

/** The query's text with `{pN:Type}` placeholders, and the parameters by name. */
export function renderSql(query: Sql): { text: string; params: Record<string, unknown> } {
  const params: Record<string, unknown> = {};
  let count = 0;
  const render = (piece: Sql | Param): string => {
    if (piece.kind === 'param') {
      const name = `p${count++}`;
      params[name] = piece.value;
      return `{${name}:${piece.type}}`;
    }
    return piece.parts.map((part, i) => part + (piece.values[i] ? render(piece.values[i]) : '')).join('');
  };
  return { text: render(query), params };
}

/** A list of whole numbers, written out: for lists too long for a parameter. Only digits can come of it. */
export function integers(values: Iterable<number>): Sql {
  const digits = Array.from(values, (value) => BigInt(value).toString());
  return { kind: 'sql', parts: [digits.join(',')], values: [] };
}
