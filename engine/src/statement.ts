/** What kind of statement a text is, as far as the engine must know to run it: its verb, its format, where its data begins. */
import { failure } from './failure.ts';
import { type Token, tokensOf, wordsOf } from './sqltokens.ts';

export interface Statement {
  readonly text: string;
  /** The first word, in capitals: SELECT, INSERT, CREATE … `SELECT` also stands for WITH and `(SELECT`. */
  readonly verb: string;
  /** The FORMAT clause of an answer, when the text has one. */
  readonly format?: string;
  /** Blocks of the answer can be sent one by one (no totals behind them). */
  readonly plain: boolean;
  /** Has a subquery that chDB may compute while it plans: in an expression, not in FROM or WITH. */
  readonly asksWhilePlanning: boolean;
}

/** An INSERT whose rows come as data: `head` and `tail` stand around the place where FROM INFILE goes. */
export interface DataInsert {
  readonly head: string;
  readonly tail: string;
  readonly format: string;
  /** Offset in the text at which the data begins. */
  readonly dataStart: number;
}

export function readStatement(text: string): Statement {
  const words = [...wordsOf(text)];
  const spelled = words.map((token) => spell(text, token));
  refuseFiles(words, spelled);
  const end = words.findIndex((word, i) => word.kind === 'mark' && spelled[i] === ';');
  if (end >= 0 && end < words.length - 1) {
    throw failure('SYNTAX_ERROR', 'Syntax error (Multi-statements are not allowed): failed at the end of the first');
  }
  const first = spelled.find((word) => word !== '(') ?? '';
  const format = formatOf(text, words, spelled);
  return {
    text,
    verb: first === 'WITH' ? 'SELECT' : first,
    ...(format !== undefined && { format }),
    asksWhilePlanning: asksWhilePlanning(spelled),
    plain: !spelled.includes('TOTALS') && !spelled.includes('EXTREMES'),
  };
}

const tablePlaces = new Set(['', '(', 'FROM', 'JOIN', 'AS', 'ALL', 'DISTINCT', 'UNION', 'EXCEPT', 'INTERSECT']);

function asksWhilePlanning(spelled: readonly string[]): boolean {
  return spelled.some((word, i) => {
    const next = spelled[i + 1];
    return word === '(' && (next === 'SELECT' || next === 'WITH') && !tablePlaces.has(spelled[i - 1] ?? '');
  });
}

/** Files are read by the engine alone: INFILE and OUTFILE in a client's text are never passed on. */
function refuseFiles(words: readonly Token[], spelled: readonly string[]): void {
  const at = spelled.findIndex((word, i) => (word === 'INFILE' || word === 'OUTFILE') && words[i]?.kind === 'word');
  if (at >= 0) throw failure('ACCESS_DENIED', `${spelled[at]} is not available: send or receive the data over HTTP`);
}

function spell(text: string, token: Token): string {
  const slice = text.slice(token.start, token.end);
  return token.kind === 'word' ? slice.toUpperCase() : slice;
}

function formatOf(text: string, words: readonly Token[], spelled: readonly string[]): string | undefined {
  let depth = 0;
  let format: string | undefined;
  for (let i = 0; i < words.length; i++) {
    if (spelled[i] === '(') depth++;
    if (spelled[i] === ')') depth--;
    const next = words[i + 1];
    if (depth === 0 && spelled[i] === 'FORMAT' && next?.kind === 'word') format = text.slice(next.start, next.end);
  }
  return format;
}

/** Where the data of an INSERT begins; undefined when it is not an INSERT or takes its rows from a SELECT. */
export function readDataInsert(text: string): DataInsert | undefined {
  const tokens = tokensOf(text);
  let depth = 0;
  let first = true;
  let split: number | undefined;
  for (const token of tokens) {
    if (token.kind === 'space' || token.kind === 'comment') continue;
    const word = spell(text, token);
    if (first && word !== 'INSERT') return undefined;
    first = false;
    if (word === '(') depth++;
    if (word === ')') depth--;
    if (depth > 0 || token.kind !== 'word') continue;
    if (word === 'SELECT' || word === 'WITH' || word === 'WATCH') return undefined;
    if (word === 'INFILE') refuseFiles([token], [word]);
    if (word === 'SETTINGS') split ??= token.start;
    if (word === 'VALUES')
      return {
        head: text.slice(0, split ?? token.start),
        tail: text.slice(split ?? token.start, token.start),
        format: 'Values',
        dataStart: token.end,
      };
    if (word === 'FORMAT') return insertOf(text, split ?? token.start, token);
  }
  return undefined;
}

function insertOf(text: string, split: number, format: Token): DataInsert {
  const name = wordsOf(text, format.end).next().value;
  if (name?.kind !== 'word') throw failure('SYNTAX_ERROR', 'Syntax error: FORMAT lacks its name');
  // Blanks up to the end of the line belong to the statement, the rest is data.
  const blanks = /[ \t\r]*\n?/y;
  blanks.lastIndex = name.end;
  blanks.test(text);
  return {
    head: text.slice(0, split),
    tail: text.slice(split, format.start),
    format: text.slice(name.start, name.end),
    dataStart: blanks.lastIndex,
  };
}
