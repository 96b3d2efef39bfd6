/** A bucket bound or quantile as Go writes it with `FormatFloat(x, 'f', -1, 64)`: shortest digits, never an exponent. */
export function boundText(bound: number): string {
  if (bound === Number.POSITIVE_INFINITY) return '+Inf';
  if (bound === Number.NEGATIVE_INFINITY) return '-Inf';
  if (Object.is(bound, -0)) return '-0';
  const text = String(bound);
  const e = text.indexOf('e');
  if (e < 0) return text;
  const sign = text.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = text.slice(sign.length, e).split('.');
  const exponent = Number(text.slice(e + 1));
  const digits = whole + fraction;
  if (exponent >= 0) return sign + digits.padEnd(whole.length + exponent, '0');
  return `${sign}0.${'0'.repeat(-exponent - whole.length)}${digits}`;
}
