import { goQuote } from '@farol/promql';
import { formatG } from './goformat.ts';
import { TemplateProblem } from './nodes.ts';
import { printTime } from './times.ts';
import { textOf, typeName, type Value } from './values.ts';

const directive = /%(?<flags>[-+# 0]*)(?<width>\d+|\*)?(?:\.(?<precision>\d+|\*)?)?(?<verb>[a-zA-Z%])/g;

/** Go's fmt.Sprintf, as far as templates can use it. */
export function sprintf(format: string, values: readonly Value[], textMax: number): string {
  let next = 0;
  const take = (): Value => values[next++];
  const text = format.replace(directive, (...match) => {
    const groups = match.at(-1) as Record<string, string | undefined>;
    const { flags = '', verb = 'v' } = groups;
    if (verb === '%') return '%';
    const width = groups.width === '*' ? Number(take()) : Number(groups.width ?? 0);
    const hasPrecision = match[0].includes('.');
    const precision = groups.precision === '*' ? Number(take()) : Number(groups.precision ?? 0);
    if (width > textMax || precision > 1000) throw new TemplateProblem('error calling printf: the text is too long');
    if (next >= values.length) return `%!${verb}(MISSING)`;
    return padded(formatOne(verb, take(), { flags, precision: hasPrecision ? precision : undefined }), width, flags);
  });
  if (next >= values.length) return text;
  const extra = values.slice(next).map((value) => `${typeName(value)}=${textOf(value, printTime)}`);
  return `${text}%!(EXTRA ${extra.join(', ')})`;
}

interface Style {
  readonly flags: string;
  readonly precision?: number;
}

function formatOne(verb: string, value: Value, { flags, precision }: Style): string {
  switch (verb) {
    case 's':
    case 'v': {
      const text = textOf(value, printTime);
      if (verb === 's' && typeof value !== 'string' && typeof value !== 'object') return mismatch(verb, value);
      return precision === undefined || verb === 'v' ? text : [...text].slice(0, precision).join('');
    }
    case 'q':
      return typeof value === 'string' ? goQuote(value) : mismatch(verb, value);
    case 'd':
      return typeof value === 'bigint' ? signed(String(value), flags) : mismatch(verb, value);
    case 'x':
    case 'X':
      return hexadecimal(verb, value);
    case 'o':
    case 'b':
      return typeof value === 'bigint' ? value.toString(verb === 'o' ? 8 : 2) : mismatch(verb, value);
    case 'c':
      return typeof value === 'bigint' ? String.fromCodePoint(Number(value)) : mismatch(verb, value);
    case 'f':
    case 'F':
      return typeof value === 'number'
        ? signed(value.toFixed(Math.min(precision ?? 6, 100)), flags)
        : mismatch(verb, value);
    case 'e':
      return typeof value === 'number' ? signed(exponential(value, precision ?? 6), flags) : mismatch(verb, value);
    case 'g':
      return typeof value === 'number' ? signed(formatG(value, precision), flags) : mismatch(verb, value);
    case 't':
      return typeof value === 'boolean' ? String(value) : mismatch(verb, value);
    case 'T':
      return typeName(value);
    default:
      return mismatch(verb, value);
  }
}

function mismatch(verb: string, value: Value): string {
  return `%!${verb}(${value === undefined ? '<nil>' : `${typeName(value)}=${textOf(value, printTime)}`})`;
}

function signed(text: string, flags: string): string {
  if (text.startsWith('-')) return text;
  if (flags.includes('+')) return `+${text}`;
  return flags.includes(' ') ? ` ${text}` : text;
}

function hexadecimal(verb: string, value: Value): string {
  let text = mismatch(verb, value);
  if (typeof value === 'bigint') text = value.toString(16);
  else if (typeof value === 'string') text = Buffer.from(value).toString('hex');
  return verb === 'X' ? text.toUpperCase() : text;
}

function exponential(value: number, precision: number): string {
  return value.toExponential(Math.min(precision, 100)).replace(/e([+-])(\d)$/, 'e$10$2');
}

function padded(text: string, width: number, flags: string): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(missing);
  if (!flags.includes('0') || !/^[+-]?\d/.test(text)) return ' '.repeat(missing) + text;
  const sign = /^[+-]/.test(text) ? text.slice(0, 1) : '';
  return `${sign}${'0'.repeat(missing)}${text.slice(sign.length)}`;
}
