/** Numbers as Go's strconv.ParseFloat reads them, which is how Loki reads literals and label values. */

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const hexadecimal = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)$/;
const special = /^[+-]?(inf|infinity)$|^[+-]?nan$/i;

/** The number, or why it is none, in Go's words. */
export function parseGoFloat(text: string): number | { readonly problem: string } {
  const whole = wholeNumber(text);
  if (whole !== undefined) return whole;
  if (decimal.test(text)) return finite(Number(text), text);
  if (special.test(text)) return specialValue(text);
  const hex = hexadecimal.exec(text);
  if (hex !== null) {
    const [, sign = '', integer = '', fraction = '', exponent = '0'] = hex;
    if (integer !== '' || fraction !== '') {
      const mantissa = Number.parseInt(`${integer}${fraction}`, 16) * 2 ** (-4 * fraction.length);
      return finite((sign === '-' ? -1 : 1) * mantissa * 2 ** Number(exponent), text);
    }
  }
  return { problem: `strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax` };
}

/** Most are a few digits. */
function wholeNumber(text: string): number | undefined {
  if (text.length === 0 || text.length > 15) return undefined;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

function finite(value: number, text: string): number | { readonly problem: string } {
  if (Number.isFinite(value)) return value;
  return { problem: `strconv.ParseFloat: parsing ${JSON.stringify(text)}: value out of range` };
}

function specialValue(text: string): number {
  if (text.toLowerCase().endsWith('nan')) return Number.NaN;
  return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
