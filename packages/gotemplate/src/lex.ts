import { TemplateProblem } from './nodes.ts';

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly tokens: readonly TemplateToken[]; readonly line: number };

export interface TemplateToken {
  readonly kind: 'string' | 'char' | 'number' | 'word' | 'field' | 'variable' | 'dot' | 'space' | 'sign';
  readonly text: string;
}

/** Splits a template into texts and actions; `{{-` and `-}}` eat the blanks beside them, comments vanish. */
export function splitTemplate(template: string, name: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  let trimsNext = false;
  let line = 1;
  for (;;) {
    const open = template.indexOf('{{', at);
    const trimsBefore = open >= 0 && /^-[ \t\r\n]/.test(template.slice(open + 2, open + 4));
    let text = open < 0 ? template.slice(at) : template.slice(at, open);
    if (trimsNext) text = text.trimStart();
    if (trimsBefore) text = text.trimEnd();
    if (text !== '') pieces.push({ kind: 'text', text });
    if (open < 0) return pieces;
    line += newlines(template.slice(at, open));
    const read = readAction(template, open + (trimsBefore ? 3 : 2), `template: ${name}:${line}`);
    if (read.tokens !== undefined) pieces.push({ kind: 'action', tokens: read.tokens, line });
    line += newlines(template.slice(open, read.end));
    at = read.end;
    trimsNext = read.trimsAfter;
  }
}

const newlines = (text: string): number => text.split('\n').length - 1;

interface ReadAction {
  readonly tokens?: readonly TemplateToken[];
  readonly end: number;
  readonly trimsAfter: boolean;
}

/** Each kind of token is a group of the pattern, in this order. */
const kinds: readonly TemplateToken['kind'][] = [
  'space',
  'string',
  'char',
  'number',
  'field',
  'variable',
  'word',
  'dot',
  'sign',
];
const token =
  /([ \t\r\n]+)|("(?:[^"\\\n]|\\.)*"|`[^`]*`)|('(?:[^'\\\n]|\\.)+')|([+-]?(?:0[xX][0-9a-fA-F_]+|\d[\d_]*\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?))|(\.[\p{L}_][\p{L}\p{Nd}_]*)|(\$[\p{L}\p{Nd}_]*)|([\p{L}_][\p{L}\p{Nd}_]*)|(\.)|(:=|[|()=,])/uy;
const close = /(?:[ \t\r\n]+(-))?\}\}/y;
const comment = /\s*\/\*[\s\S]*?\*\/(?:[ \t\r\n]+(-))?\}\}/y;

function readAction(template: string, from: number, where: string): ReadAction {
  comment.lastIndex = from;
  const skipped = comment.exec(template);
  if (skipped !== null) return { end: comment.lastIndex, trimsAfter: skipped[1] !== undefined };
  const tokens: TemplateToken[] = [];
  let at = from;
  for (;;) {
    close.lastIndex = at;
    const end = close.exec(template);
    if (end !== null) return { tokens, end: close.lastIndex, trimsAfter: end[1] !== undefined };
    if (at >= template.length) throw new TemplateProblem(`${where}: unclosed action`);
    token.lastIndex = at;
    const match = token.exec(template);
    if (match === null) throw new TemplateProblem(`${where}: ${lexProblem(template, at)}`);
    const kind = kinds.find((_, i) => match[i + 1] !== undefined) ?? 'sign';
    tokens.push({ kind, text: match[0] });
    at += match[0].length;
  }
}

function lexProblem(template: string, at: number): string {
  const char = template.charAt(at);
  if (char === '"') return 'unterminated quoted string';
  if (char === '`') return 'unterminated raw quoted string';
  if (char === "'") return 'unterminated character constant';
  if (char === '}' || char === '{') return `unexpected "${char}" in operand`;
  const code = (template.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `unexpected unrecognized character in action: U+${code} '${char}'`;
}
