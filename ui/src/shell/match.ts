/** Finding by a few letters: all of them in order, early and together is better. Pure. */
export function bestMatches<T>(items: readonly T[], typed: string, textOf: (item: T) => string): readonly T[] {
  if (typed === '') return items;
  return items
    .map((item) => ({ item, score: scoreOf(textOf(item), typed) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ item }) => item);
}

export function traceIdOf(text: string): string | undefined {
  const id = text.toLowerCase();
  return /^[0-9a-f]{32}$/.test(id) && !/^0+$/.test(id) ? id : undefined;
}

/** 0: not a match; otherwise higher is better, up to 1. */
export function scoreOf(text: string, typed: string): number {
  const haystack = plain(text);
  const needle = plain(typed);
  const at = haystack.indexOf(needle);
  if (at === 0) return 1;
  if (at > 0) return /[\s\-_./]/.test(haystack[at - 1] ?? '') ? 0.9 : 0.7;
  return scattered(haystack, needle) ? 0.3 : 0;
}

function scattered(haystack: string, needle: string): boolean {
  let at = 0;
  for (const letter of needle) {
    at = haystack.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

// “situacao” finds “Situação”.
function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
