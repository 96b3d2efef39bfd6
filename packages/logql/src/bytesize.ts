import { parseGoFloat } from './gonumber.ts';

/** Sizes as Loki reads them: `25MB`, `1.5KiB`, `1,024`, units in any case, decimal unless they have an `i`. */

const letters = ['k', 'm', 'g', 't', 'p', 'e'];
const sizes: ReadonlyMap<string, number> = new Map<string, number>([
  ['', 1],
  ['b', 1],
  ...letters.flatMap((letter, i): [string, number][] => [
    [letter, 1000 ** (i + 1)],
    [`${letter}b`, 1000 ** (i + 1)],
    [`${letter}i`, 1024 ** (i + 1)],
    [`${letter}ib`, 1024 ** (i + 1)],
  ]),
]);

/** Whole bytes, or why the text is no size. */
export function parseByteSize(text: string): number | { readonly problem: string } {
  const [digits = ''] = /^[\d.,]*/.exec(text) ?? [];
  const count = parseGoFloat(digits.replaceAll(',', ''));
  if (typeof count !== 'number') return count;
  const unit = text.slice(digits.length).trim().toLowerCase();
  const size = sizes.get(unit);
  if (size === undefined) return { problem: `unhandled size name: ${unit}` };
  const bytes = count * size;
  return bytes >= 2 ** 64 ? { problem: `too large: ${text}` } : Math.trunc(bytes);
}

/** `25MB`: three digits at most, rounded as Loki rounds when it prints a query. */
export function printByteSize(bytes: number): string {
  if (bytes < 10) return `${bytes}B`;
  let value = bytes;
  let unit = 'B';
  for (const letter of ['kB', 'MB', 'GB', 'TB', 'PB', 'EB']) {
    if (value < 1000) break;
    value /= 1000;
    unit = letter;
  }
  const rounded = Math.floor(value * 10 + 0.5) / 10;
  return `${rounded < 10 ? rounded.toFixed(1) : rounded.toFixed(0)}${unit}`;
}
