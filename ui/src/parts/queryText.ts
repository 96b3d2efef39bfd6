import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  completeFromList,
} from '@codemirror/autocomplete';
import { StreamLanguage } from '@codemirror/language';
import type { Extension } from '@codemirror/state';

/** Colours for a query language that is words, texts, numbers and signs; `keywords` are its own words. */
export function highlighting(keywords: readonly string[]): Extension {
  const known = new Set(keywords);
  return StreamLanguage.define({
    token(stream) {
      if (stream.eatSpace()) return null;
      if (stream.match(/^#.*/)) return 'comment';
      if (stream.match(/^"(?:[^"\\]|\\.)*"?/) || stream.match(/^`[^`]*`?/)) return 'string';
      if (stream.match(/^\d[\w.]*/)) return 'number';
      const word = stream.match(/^[a-zA-Z_][\w:-]*/);
      if (Array.isArray(word)) return known.has(word[0]) ? 'keyword' : 'labelName';
      stream.next();
      return 'operator';
    },
    tokenTable: {},
  }).extension;
}

export type Names = (signal: AbortSignal) => Promise<readonly string[]>;

/** Words the server knows, asked for once a place; a server that does not answer is no reason to disturb the writer. */
export async function completeNames(
  context: CompletionContext,
  from: number,
  options: { readonly names: Names; readonly type: string; readonly apply?: (name: string) => string },
): Promise<CompletionResult | null> {
  const left = new AbortController();
  context.addEventListener('abort', () => left.abort());
  const names = await options.names(left.signal).catch(() => []);
  return { from, options: names.map((label) => entry(label, options)), validFor: /^[\w.:/-]*$/ };
}

function entry(label: string, { type, apply }: { type: string; apply?: (name: string) => string }): Completion {
  return apply === undefined ? { label, type } : { label, type, apply: apply(label) };
}

export const completeWords = (words: readonly string[], type: string) =>
  completeFromList(words.map((label) => ({ label, type })));
