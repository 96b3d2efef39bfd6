/**
 * The text box of log search, as a person types it: words and "phrases" that must all occur, `-word` and `-"phrase"`
 * that must not. Case does not matter. A word is whole (`time` does not find `timeout`) unless it ends in `*` (`time*`).
 */
import { Refusal } from '#model';

export interface TextTerm {
  readonly text: string;
  readonly wanted: boolean;
  /** The characters may stand anywhere, also inside a word. */
  readonly partial: boolean;
}

const termsMax = 32;

export function parseText(query: string): TextTerm[] {
  const terms: TextTerm[] = [];
  let at = 0;
  while (at < query.length) {
    if (isSpace(query[at])) {
      at++;
      continue;
    }
    const wanted = !(query[at] === '-' && at + 1 < query.length && !isSpace(query[at + 1]));
    if (!wanted) at++;
    const end = termEnd(query, at);
    const term = termOf(query.slice(at, end), wanted);
    if (term) terms.push(term);
    at = end;
  }
  if (terms.length > termsMax) {
    throw new Refusal(`text has ${terms.length} words, at most ${termsMax} can be searched at once; drop some`, {
      code: 'BAD_REQUEST',
    });
  }
  return terms;
}

/** An opening quote without its closing one runs to the end: half-typed queries search for what is there. */
function termEnd(query: string, start: number): number {
  if (query[start] === '"') {
    const close = query.indexOf('"', start + 1);
    return close < 0 ? query.length : close + 1;
  }
  let end = start;
  while (end < query.length && !isSpace(query[end])) end++;
  return end;
}

function termOf(raw: string, wanted: boolean): TextTerm | undefined {
  if (raw.startsWith('"')) {
    const text = raw.slice(1, raw.length > 1 && raw.endsWith('"') ? -1 : undefined);
    return text.trim() === '' ? undefined : { text, wanted, partial: false };
  }
  const partial = raw.length > 1 && raw.endsWith('*');
  return { text: partial ? raw.slice(0, -1) : raw, wanted, partial };
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\n' || character === '\r';
}

/** The words of a text as ClickHouse's `splitByNonAlpha` makes them: runs of ASCII letters, digits and non-ASCII. */
export function tokensOf(text: string): string[] {
  return text.split(/[^0-9A-Za-z\u0080-\u{10ffff}]+/u).filter((token) => token !== '');
}
