import { Arguments, expander, isTruthy, replaceEach, TemplateProblem, type Value } from '@farol/gotemplate';
import type { RE2JS } from 're2js';
import type { FunctionContext, TemplateFunction } from './functions.ts';

type Body = (args: Arguments, ctx: FunctionContext) => Value;

function taking(count: number, name: string, body: Body): TemplateFunction {
  return (values, ctx) => body(new Arguments(name, values, { min: count, max: count }), ctx);
}

function named(count: number, bodies: Readonly<Record<string, Body>>): Record<string, TemplateFunction> {
  return Object.fromEntries(Object.entries(bodies).map(([name, body]) => [name, taking(count, name, body)]));
}

const lower: Body = (args) => args.string(0).toLowerCase();
const upper: Body = (args) => args.string(0).toUpperCase();
const trim: Body = (args) => args.string(0).trim();

export const stringFunctions: Readonly<Record<string, TemplateFunction>> = {
  ...named(1, {
    ToLower: lower,
    lower,
    ToUpper: upper,
    upper,
    TrimSpace: trim,
    trim,
    title: (args) =>
      args.string(0).replace(/(^|[^\p{L}\p{N}_'])(\p{Ll})/gu, (_, before, letter) => before + letter.toUpperCase()),
  }),
  ...named(2, {
    Trim: (args) => trimStart(trimEnd(args.string(0), args.string(1)), args.string(1)),
    TrimLeft: (args) => trimStart(args.string(0), args.string(1)),
    TrimRight: (args) => trimEnd(args.string(0), args.string(1)),
    TrimPrefix: (args) => withoutPrefix(args.string(0), args.string(1)),
    TrimSuffix: (args) => withoutSuffix(args.string(0), args.string(1)),
    // sprig's have the text last, so that it can be piped in.
    trimAll: (args) => trimStart(trimEnd(args.string(1), args.string(0)), args.string(0)),
    trimPrefix: (args) => withoutPrefix(args.string(1), args.string(0)),
    trimSuffix: (args) => withoutSuffix(args.string(1), args.string(0)),
    contains: (args) => args.string(1).includes(args.string(0)),
    hasPrefix: (args) => args.string(1).startsWith(args.string(0)),
    hasSuffix: (args) => args.string(1).endsWith(args.string(0)),
    count: (args, { regex }) => countMatches(regex(args.string(0)), args.string(1)),
    trunc: (args) => trunc(args.int(0), args.string(1)),
    repeat: (args, { textMax }) => repeated(args.string(1), args.int(0), textMax),
    indent: (args, { textMax }) => indented(args.int(0), args.string(1), textMax),
    nindent: (args, { textMax }) => `\n${indented(args.int(0), args.string(1), textMax)}`,
    alignLeft: (args, { textMax }) => aligned(args.int(0), args.string(1), textMax, 'left'),
    alignRight: (args, { textMax }) => aligned(args.int(0), args.string(1), textMax, 'right'),
  }),
  ...named(3, {
    replace: (args) => replaced(args.string(2), args.string(0), args.string(1), -1),
    substr: (args) => substring(args.int(0), args.int(1), args.string(2)),
    regexReplaceAll: (args, { regex }) => replaceEach(regex(args.string(0)), args.string(1), expander(args.string(2))),
    regexReplaceAllLiteral: (args, { regex }) =>
      replaceEach(regex(args.string(0)), args.string(1), () => args.string(2)),
  }),
  ...named(4, {
    Replace: (args) => replaced(args.string(0), args.string(1), args.string(2), args.int(3)),
  }),
  default: (values) => {
    const args = new Arguments('default', values, { min: 1, max: 2 });
    return isTruthy(args.any(1)) ? args.any(1) : args.any(0);
  },
};

function trimStart(text: string, cutset: string): string {
  const chars = [...text];
  const from = chars.findIndex((char) => !cutset.includes(char));
  return from < 0 ? '' : chars.slice(from).join('');
}

function trimEnd(text: string, cutset: string): string {
  const chars = [...text];
  return chars.slice(0, chars.findLastIndex((char) => !cutset.includes(char)) + 1).join('');
}

const withoutPrefix = (text: string, prefix: string): string =>
  text.startsWith(prefix) ? text.slice(prefix.length) : text;
const withoutSuffix = (text: string, suffix: string): string =>
  suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;

/** The first `count` occurrences, or all of them below 0. */
function replaced(text: string, from: string, to: string, count: number): string {
  if (count < 0) return text.replaceAll(from, () => to);
  let rest = text;
  let done = '';
  for (let i = 0; i < count; i++) {
    const at = rest.indexOf(from);
    if (at < 0) break;
    done += rest.slice(0, at) + to;
    rest = rest.slice(at + from.length);
    if (from === '') {
      if (rest === '') break;
      done += rest.slice(0, 1);
      rest = rest.slice(1);
    }
  }
  return done + rest;
}

function countMatches(regex: RE2JS, text: string): bigint {
  const matcher = regex.matcher(text);
  let count = 0n;
  while (matcher.find()) count++;
  return count;
}

function trunc(count: number, text: string): string {
  const chars = [...text];
  if (count < 0 && chars.length + count > 0) return chars.slice(chars.length + count).join('');
  return count >= 0 && chars.length > count ? chars.slice(0, count).join('') : text;
}

function substring(start: number, end: number, text: string): string {
  if (start < 0) return text.slice(0, Math.max(0, end));
  if (end < 0 || end > text.length) return text.slice(start);
  return text.slice(start, Math.max(start, end));
}

function repeated(text: string, count: number, textMax: number): string {
  if (count * text.length > textMax) throw new TemplateProblem('error calling repeat: the text is too long');
  return text.repeat(Math.max(0, count));
}

function indented(count: number, text: string, textMax: number): string {
  const pad = repeated(' ', count, textMax);
  return pad + text.replaceAll('\n', `\n${pad}`);
}

function aligned(width: number, text: string, textMax: number, side: 'left' | 'right'): string {
  const chars = [...text];
  if (width < 0 || width === chars.length) return text;
  const pad = repeated(' ', width - chars.length, textMax);
  if (width < chars.length)
    return (side === 'left' ? chars.slice(0, width) : chars.slice(chars.length - width)).join('');
  return side === 'left' ? text + pad : pad + text;
}
