/** Numbers of the exposition formats, read without regular expressions: this runs for every sample. */

/** Decimal floats, `NaN` and infinities; undefined for anything else (hexadecimal and `1_000` too). Hot. */
export function numberIn(body: string, start: number, end: number): number | undefined {
  const length = end - start;
  if (length <= 0) return undefined;
  if (length <= 15) {
    // Most values are short whole numbers, which add up exactly without an intermediate string.
    let value = 0;
    let i = start;
    for (; i < end; i++) {
      const digit = body.charCodeAt(i) - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (i === end) return value;
  }
  for (let i = start; i < end; i++) {
    if (!isDecimalPart(body.charCodeAt(i))) return wordNumber(body.slice(start, end));
  }
  const value = Number(body.slice(start, end));
  return Number.isNaN(value) ? undefined : value;
}

/** Finite decimal seconds, for the timestamps of OpenMetrics. */
export function finiteNumberIn(body: string, start: number, end: number): number | undefined {
  const value = numberIn(body, start, end);
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

/** A whole number of milliseconds, for the timestamps of the text format. */
export function wholeNumberIn(body: string, start: number, end: number): number | undefined {
  const first = body.charCodeAt(start);
  const from = first === 45 || first === 43 ? start + 1 : start;
  if (from >= end || end - from > 19) return undefined;
  for (let i = from; i < end; i++) {
    const digit = body.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return undefined;
  }
  return Number(body.slice(start, end));
}

function isDecimalPart(code: number): boolean {
  // 0-9 . + - e E
  return (code >= 48 && code <= 57) || code === 46 || code === 43 || code === 45 || code === 101 || code === 69;
}

function wordNumber(text: string): number | undefined {
  switch (text.toLowerCase()) {
    case 'nan':
      return Number.NaN;
    case 'inf':
    case '+inf':
    case 'infinity':
    case '+infinity':
      return Number.POSITIVE_INFINITY;
    case '-inf':
    case '-infinity':
      return Number.NEGATIVE_INFINITY;
    default:
      return undefined;
  }
}
