/** Durations as Go reads and prints them: `1h30m`, `1.5s`, `-250ms`, `10µs`. Values are nanoseconds. */

const unitNs: ReadonlyMap<string, number> = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['µs', 1e3],
  ['μs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['m', 60e9],
  ['h', 3600e9],
]);

const nsMax = 2 ** 63;

/** Nanoseconds, or why the text is no duration, in Go's words. */
export function parseGoDuration(text: string): number | { readonly problem: string } {
  const invalid = (): { problem: string } => ({ problem: `time: invalid duration ${JSON.stringify(text)}` });
  const sign = text.startsWith('-') ? -1 : 1;
  let at = sign < 0 || text.startsWith('+') ? 1 : 0;
  if (at === text.length) return invalid();
  if (at === text.length - 1 && text.endsWith('0')) return 0;
  let ns = 0;
  while (at < text.length) {
    const unitAt = endOfCount(text, at);
    if (unitAt === at) return invalid();
    const end = endOfUnit(text, unitAt);
    if (end === unitAt) return { problem: `time: missing unit in duration ${JSON.stringify(text)}` };
    const unit = text.slice(unitAt, end);
    const scale = unitNs.get(unit);
    if (scale === undefined) {
      return { problem: `time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}` };
    }
    ns += Number(text.slice(at, unitAt)) * scale;
    if (ns > nsMax) return invalid();
    at = end;
  }
  // A sum of decimal fractions is off by less than Go's own truncation to whole nanoseconds.
  return sign * Math.round(ns);
}

const POINT = 46;
const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** Behind `1`, `1.`, `1.5` or `.5`; where it began when there is none of these. */
function endOfCount(text: string, from: number): number {
  let at = from;
  while (isDigit(text.charCodeAt(at))) at++;
  const hasDigits = at > from;
  if (text.charCodeAt(at) !== POINT) return at;
  const point = at++;
  while (isDigit(text.charCodeAt(at))) at++;
  return hasDigits || at > point + 1 ? at : from;
}

/** Before the next digit or point. */
function endOfUnit(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) !== POINT && !isDigit(text.charCodeAt(at))) at++;
  return at;
}

/** `1h30m0s`, `1.5s`, `250ms`, `0s`. */
export function printGoDuration(ns: number): string {
  const sign = ns < 0 ? '-' : '';
  const whole = Math.abs(ns);
  if (whole === 0) return '0s';
  if (whole < 1e3) return `${sign}${whole}ns`;
  if (whole < 1e6) return `${sign}${whole / 1e3}µs`;
  if (whole < 1e9) return `${sign}${whole / 1e6}ms`;
  const hours = Math.floor(whole / 3600e9);
  const minutes = Math.floor((whole % 3600e9) / 60e9);
  const seconds = (whole % 60e9) / 1e9;
  const tail = `${Number(seconds.toFixed(9))}s`;
  if (hours > 0) return `${sign}${hours}h${minutes}m${tail}`;
  return minutes > 0 ? `${sign}${minutes}m${tail}` : `${sign}${tail}`;
}
