import { parseGoDuration, tokenize } from '@farol/logql';

/** Reads logqltest scripts: `clear`, `load` with lines, and `eval` with what it expects. */

export type Command =
  | { readonly kind: 'clear' }
  | { readonly kind: 'load'; readonly lines: readonly LoadedLine[] }
  | EvalCommand;

export interface LoadedLine {
  readonly labels: ReadonlyMap<string, string>;
  readonly line: string;
  /** Relative to the scripts' epoch. */
  readonly timeNs: bigint;
  readonly metadata: ReadonlyMap<string, string>;
}

export interface EvalCommand {
  readonly kind: 'eval';
  readonly lineNumber: number;
  readonly query: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** Undefined for an instant query. */
  readonly stepMs?: number;
  readonly expected: Expected;
}

type Expected =
  | { readonly kind: 'fail'; readonly matches: (message: string) => boolean; readonly wish: string }
  | { readonly kind: 'empty' }
  | { readonly kind: 'scalar'; readonly value: number }
  | { readonly kind: 'series'; readonly series: readonly ExpectedSeries[]; readonly isOrdered: boolean };

export interface ExpectedSeries {
  readonly labels: ReadonlyMap<string, string>;
  /** Undefined where there must be no point. */
  readonly points: readonly (number | undefined)[];
}

export function parseScript(script: string): Command[] {
  const lines = script.split('\n').map(withoutComment);
  const commands: Command[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    const block: string[] = [];
    if (line.trim() === '') continue;
    // Comments inside a block are blank by now; a blank line as written ends it.
    const raw = script.split('\n');
    while (i + 1 < lines.length && /^\s/.test(raw[i + 1] ?? '') && (raw[i + 1] ?? '').trim() !== '') {
      i++;
      if ((lines[i] ?? '').trim() !== '') block.push((lines[i] ?? '').trim());
    }
    if (line === 'clear') commands.push({ kind: 'clear' });
    else if (line === 'load') commands.push({ kind: 'load', lines: block.flatMap(parseLoad) });
    else commands.push(parseEval(line, i - block.length + 1, block));
  }
  return commands;
}

function withoutComment(line: string): string {
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const char = line.charAt(i);
    if (quote !== '') {
      if (char === '\\' && quote === '"') i++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === '`') quote = char;
    else if (char === '#') return line.slice(0, i).trimEnd();
  }
  return line.trimEnd();
}

const load =
  /^(\{.*?\})\s+("[^"]*"|`[^`]*`)\s+@\s*(\S+?)(?:\s*\[repeat every\s+(\S+)\s+for\s+(\d+)\])?(?:\s*\[metadata (.*)\])?$/;

function parseLoad(text: string): LoadedLine[] {
  const match = load.exec(text);
  if (match === null) throw new Error(`not a load line: ${text}`);
  const [, labels = '', quoted = '', at = '', every = '0', count = '1', metadata = ''] = match;
  const common = { labels: parseLabels(labels), metadata: parseLabels(`{${metadata.replaceAll('" ', '",')}}`) };
  return Array.from({ length: Number(count) }, (_, i) => ({
    ...common,
    line: quoted.slice(1, -1).replaceAll('{{.i}}', String(i)),
    timeNs: nanosOf(at) + BigInt(i) * nanosOf(every),
  }));
}

/** The label sets of the scripts are LogQL's, so its lexer reads them. */
function parseLabels(text: string): Map<string, string> {
  const labels = new Map<string, string>();
  let name = '';
  for (const { kind, text: word } of tokenize(text)) {
    if (kind === 'STRING') labels.set(name, word);
    else if (!['=', ',', '{', '}', '$end'].includes(kind)) name = word;
  }
  return labels;
}

function nanosOf(duration: string): bigint {
  const ns = parseGoDuration(duration);
  if (typeof ns !== 'number') throw new Error(ns.problem);
  return BigInt(ns);
}

function parseEval(line: string, lineNumber: number, block: readonly string[]): EvalCommand {
  const instant = /^eval instant at (\S+) (.*)$/.exec(line);
  const range = /^eval range from (\S+) to (\S+) step (\S+) (.*)$/.exec(line);
  const expected = parseExpected(block, range !== null);
  if (instant !== null) {
    const at = nanosOf(instant[1] ?? '');
    return { kind: 'eval', lineNumber, query: instant[2] ?? '', startNs: at, endNs: at, expected };
  }
  if (range === null) throw new Error(`not a command: ${line}`);
  const [, from = '', to = '', step = '', query = ''] = range;
  const stepMs = Number(nanosOf(step)) / 1e6;
  return { kind: 'eval', lineNumber, query, startNs: nanosOf(from), endNs: nanosOf(to), stepMs, expected };
}

function parseExpected(block: readonly string[], isRange: boolean): Expected {
  const lines = block.filter((line) => !line.startsWith('skip '));
  const [first = ''] = lines;
  if (first.startsWith('expect fail')) return parseFailure(first.slice('expect fail'.length).trim());
  if (first === 'expect empty') return { kind: 'empty' };
  const isOrdered = first === 'expect ordered';
  const rows = isOrdered ? lines.slice(1) : lines;
  const [only = ''] = rows;
  if (!only.startsWith('{') && !isRange) return { kind: 'scalar', value: numberOf(only) };
  return { kind: 'series', series: rows.map(parseSeries), isOrdered };
}

function parseFailure(wish: string): Expected {
  const regex = /^regex:\s*(.*)$/.exec(wish)?.[1];
  if (regex !== undefined) return { kind: 'fail', matches: (message) => new RegExp(regex).test(message), wish };
  const text = /^msg:\s*(.*)$/.exec(wish)?.[1] ?? '';
  return { kind: 'fail', matches: (message) => message.includes(text), wish };
}

function parseSeries(row: string): ExpectedSeries {
  // A series without labels may be written as its points alone.
  const [, labels = '{}', points = ''] = /^(\{(?:"(?:[^"\\]|\\.)*"|[^"}])*\})?\s*(.*)$/.exec(row) ?? [];
  return { labels: parseLabels(labels), points: points.split(/\s+/).flatMap(parsePoint) };
}

function parsePoint(text: string): (number | undefined)[] {
  const [, base = '', step = '0', count = ''] = /^(.+?)([+-][\d.]+)?x(\d+)$/.exec(text) ?? [];
  if (base !== '') return Array.from({ length: Number(count) + 1 }, (_, i) => numberOf(base) + i * Number(step));
  return [text === '_' ? undefined : numberOf(text)];
}

function numberOf(text: string): number {
  if (text === 'NaN') return Number.NaN;
  if (/^[+-]?Inf$/.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}
