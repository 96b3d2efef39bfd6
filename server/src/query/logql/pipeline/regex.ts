import { RE2JS } from 're2js';

/** Loki's unanchored patterns (`|~`, `regexp`). Many are plain text in disguise, which needs no automaton. */
export function finderOf(pattern: string): (text: string) => boolean {
  const folds = pattern.startsWith('(?i)');
  const texts = alternativesOf(folds ? pattern.slice('(?i)'.length) : pattern);
  if (texts === undefined) {
    const regex = RE2JS.compile(pattern);
    return (text) => regex.test(text);
  }
  return folds ? foldedFinder(pattern, texts) : textFinder(texts);
}

const meta = /[\\.+*?()|[\]{}^$]/;

/** The texts any of which must occur, when that is all the pattern asks: `a|b`, `(a|b)`, `.*a.*`. */
function alternativesOf(pattern: string): readonly string[] | undefined {
  // `.*` does not cross lines, which is no matter: a text that occurs is found without it.
  let from = 0;
  let to = pattern.length;
  while (pattern.startsWith('.*', from)) from += 2;
  while (to - from >= 2 && pattern.endsWith('.*', to)) to -= 2;
  let inner = pattern.slice(from, to);
  if (/^\((?!\?).*\)$/s.test(inner) && !/[()]/.test(inner.slice(1, -1))) inner = inner.slice(1, -1);
  else if (inner !== pattern && inner.includes('|')) return undefined;
  const texts = inner.split('|');
  return texts.every((text) => text !== '' && !meta.test(text)) ? texts : undefined;
}

function textFinder(texts: readonly string[]): (text: string) => boolean {
  const [only = ''] = texts;
  if (texts.length === 1) return (text) => text.includes(only);
  return (text) => texts.some((one) => text.includes(one));
}

/** Lower case is the whole of case folding in ASCII only; any other line goes the long way. */
function foldedFinder(pattern: string, texts: readonly string[]): (text: string) => boolean {
  const regex = RE2JS.compile(pattern);
  if (texts.some((text) => !isAscii(text))) return (text) => regex.test(text);
  const finds = textFinder(texts.map((text) => text.toLowerCase()));
  return (text) => (isAscii(text) ? finds(text.toLowerCase()) : regex.test(text));
}

const beyondAscii = /[\u0080-\uffff]/;
const isAscii = (text: string): boolean => !beyondAscii.test(text);

/** Why a pattern is not RE2, as Go says it. */
export function regexProblem(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return text.startsWith('error parsing regexp') ? text : `error parsing regexp: ${text}: \`${pattern}\``;
  }
}
