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
  const invalid = { problem: `time: invalid duration ${JSON.stringify(text)}` };
  const sign = text.startsWith('-') ? -1 : 1;
  let rest = /^[+-]/.test(text) ? text.slice(1) : text;
  if (rest === '0') return 0;
  if (rest === '') return invalid;
  let ns = 0;
  while (rest !== '') {
    const [count = ''] = /^(\d+\.?\d*|\.\d+)/.exec(rest) ?? [];
    if (count === '') return invalid;
    rest = rest.slice(count.length);
    const [unit = ''] = /^[^\d.]*/.exec(rest) ?? [];
    if (unit === '') return { problem: `time: missing unit in duration ${JSON.stringify(text)}` };
    const scale = unitNs.get(unit);
    if (scale === undefined) {
      return { problem: `time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}` };
    }
    rest = rest.slice(unit.length);
    ns += Number(count) * scale;
    if (ns > nsMax) return invalid;
  }
  // A sum of decimal fractions is off by less than Go's own truncation to whole nanoseconds.
  return sign * Math.round(ns);
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
