/** Numbers as Prometheus writes them in JSON, character for character. */

/** A sample's value: Go's shortest form, with an exponent of two digits below 1e-6 and from 1e21 on. */
export function sampleText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return Object.is(value, -0) ? '-0' : String(value);
  if (!Number.isFinite(value)) return infiniteText(value);
  const text = String(value);
  const at = text.indexOf('e');
  // JavaScript changes to exponents at the same magnitudes as Prometheus, but writes `1e-7` where Go writes `1e-07`.
  return at >= 0 && text.length === at + 3 ? `${text.slice(0, at + 2)}0${text.slice(at + 2)}` : text;
}

/** A scalar's value and a number literal: Go's `strconv.FormatFloat(v, 'f', -1, 64)`, never an exponent. */
export function plainText(value: number): string {
  if (!Number.isFinite(value)) return infiniteText(value);
  if (Object.is(value, -0)) return '-0';
  const text = String(value);
  const at = text.indexOf('e');
  return at < 0 ? text : withoutExponent(text.slice(0, at), Number(text.slice(at + 1)));
}

/** Milliseconds as seconds: `1435781451.781`, no trailing zeros. */
export function secondsText(timeMs: number): string {
  const text = String(timeMs / 1000);
  return text.includes('e') ? plainText(timeMs / 1000) : text;
}

function infiniteText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

function withoutExponent(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith('-') ? '-' : '';
  const digits = mantissa.replace('-', '').replace('.', '');
  // `exponent` counts from after the mantissa's first digit.
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  return sign + digits.padEnd(exponent + 1, '0');
}
