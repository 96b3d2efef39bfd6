/** Numbers as Go's strconv.ParseFloat reads them, which is how Loki reads literals and label values. */

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const hexadecimal = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)$/;
const special = /^[+-]?(inf|infinity)$|^[+-]?nan$/i;

/** The number, or why it is none, in Go's words. */
export function parseGoFloat(text: string): number | { readonly problem: string } {
  if (decimal.test(text)) return finite(Number(text), text);
  if (special.test(text)) return specialValue(text);
  const hex = hexadecimal.exec(text);
  if (hex !== null) {
    const [, sign = '', whole = '', fraction = '', exponent = '0'] = hex;
    if (whole !== '' || fraction !== '') {
      const mantissa = Number.parseInt(`${whole}${fraction}`, 16) * 2 ** (-4 * fraction.length);
      return finite((sign === '-' ? -1 : 1) * mantissa * 2 ** Number(exponent), text);
    }
  }
  return { problem: `strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax` };
}

function finite(value: number, text: string): number | { readonly problem: string } {
  if (Number.isFinite(value)) return value;
  return { problem: `strconv.ParseFloat: parsing ${JSON.stringify(text)}: value out of range` };
}

function specialValue(text: string): number {
  if (text.toLowerCase().endsWith('nan')) return Number.NaN;
  return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
