/** The words of a search, for marking them in the lines. Pure; the server decides what matches. */
export function termsOf(text: string): readonly string[] {
  const terms: string[] = [];
  for (const [, minus, phrase, word] of text.matchAll(/(-?)(?:"([^"]*)"|(\S+))/g)) {
    const term = (phrase ?? word ?? '').replace(/\*$/, '');
    if (minus !== '-' && term !== '' && !term.startsWith('"')) terms.push(term);
  }
  return terms;
}

export interface Piece {
  readonly text: string;
  readonly marked: boolean;
}

/** Cuts a line at the terms, longest first where they overlap. */
export function pieces(line: string, terms: readonly string[]): readonly Piece[] {
  if (terms.length === 0) return [{ text: line, marked: false }];
  const lower = line.toLowerCase();
  const sought = terms.map((term) => term.toLowerCase()).sort((a, b) => b.length - a.length);
  const found: Piece[] = [];
  let plainFrom = 0;
  for (let at = 0; at < line.length; ) {
    const hit = sought.find((term) => lower.startsWith(term, at));
    if (hit === undefined) {
      at += 1;
      continue;
    }
    if (at > plainFrom) found.push({ text: line.slice(plainFrom, at), marked: false });
    found.push({ text: line.slice(at, at + hit.length), marked: true });
    at += hit.length;
    plainFrom = at;
  }
  if (plainFrom < line.length) found.push({ text: line.slice(plainFrom), marked: false });
  return found;
}
