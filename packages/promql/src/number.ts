/** Go's number literals, as far as PromQL's lexer lets them through: decimal, hexadecimal, octal, underscores, Inf, NaN. */

const int64Max = 2n ** 63n - 1n;

/** The number a literal stands for, or why it is none (in Go's words). */
export function parseNumber(text: string): number | { readonly problem: string } {
  const integer = parseInteger(text);
  if (integer !== undefined) return integer;
  const lower = text.toLowerCase();
  if (lower === 'inf') return Number.POSITIVE_INFINITY;
  if (lower === 'nan') return Number.NaN;
  const plain = text.replaceAll('_', '');
  if (!/^(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(plain) || !underscoresSeparateDigits(text)) {
    return { problem: `strconv.ParseFloat: parsing "${text}": invalid syntax` };
  }
  const value = Number(plain);
  return Number.isFinite(value) ? value : { problem: `strconv.ParseFloat: parsing "${text}": value out of range` };
}

function parseInteger(text: string): number | undefined {
  if (!underscoresSeparateDigits(text)) return undefined;
  const plain = text.replaceAll('_', '').toLowerCase();
  let value: bigint | undefined;
  if (/^0x[0-9a-f]+$/.test(plain)) value = BigInt(plain);
  else if (/^0[0-7]+$/.test(plain)) value = BigInt(`0o${plain.slice(1)}`);
  else if (/^(0|[1-9]\d*)$/.test(plain)) value = BigInt(plain);
  return value === undefined || value > int64Max ? undefined : Number(value);
}

function underscoresSeparateDigits(text: string): boolean {
  if (!text.includes('_')) return true;
  return !/(^|[^0-9a-fA-FxX])_|_($|[^0-9a-fA-F])/.test(text);
}
