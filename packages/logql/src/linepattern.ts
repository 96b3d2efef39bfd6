/** The `<name> text <_>` language of `| pattern`, `|>` and `!>`: captures and the texts between them. */

export type PatternPart =
  | { readonly kind: 'text'; readonly text: string }
  /** `name` is `_` for what is skipped. */
  | { readonly kind: 'capture'; readonly name: string };

type Read = readonly PatternPart[] | { readonly problem: string };

/** For `| pattern`: at least one named capture, all of different names. */
export function parseLinePattern(pattern: string): Read {
  const parts = partsOf(pattern);
  if (parts.length === 0) return { problem: 'parse error at line 1, col 1: syntax error: unexpected $end' };
  const names = parts.flatMap((part) => (part.kind === 'capture' && part.name !== '_' ? [part.name] : []));
  if (names.length === 0) return { problem: 'at least one capture is required' };
  const consecutive = consecutiveCaptures(parts);
  if (consecutive !== undefined) return consecutive;
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  return twice === undefined ? parts : { problem: `duplicate capture name (${twice}): invalid expression` };
}

/** For `|>` and `!>`: no named captures. The empty pattern matches the empty line. */
export function parseFilterPattern(pattern: string): Read {
  const parts = partsOf(pattern);
  const consecutive = consecutiveCaptures(parts);
  if (consecutive !== undefined) return consecutive;
  const named = parts.find((part) => part.kind === 'capture' && part.name !== '_');
  return named === undefined ? parts : { problem: `named captures are not allowed: found '${partText(named)}'` };
}

function partsOf(pattern: string): PatternPart[] {
  const parts: PatternPart[] = [];
  let end = 0;
  for (const match of pattern.matchAll(/<([A-Za-z_][A-Za-z0-9_]*)>/g)) {
    if (match.index > end) parts.push({ kind: 'text', text: pattern.slice(end, match.index) });
    parts.push({ kind: 'capture', name: match[1] ?? '' });
    end = match.index + match[0].length;
  }
  if (end < pattern.length) parts.push({ kind: 'text', text: pattern.slice(end) });
  return parts;
}

function consecutiveCaptures(parts: readonly PatternPart[]): { problem: string } | undefined {
  for (const [i, part] of parts.entries()) {
    const next = parts[i + 1];
    if (part.kind !== 'capture' || next?.kind !== 'capture') continue;
    return { problem: `found consecutive capture '${partText(part)}${partText(next)}': invalid expression` };
  }
  return undefined;
}

function partText(part: PatternPart): string {
  return part.kind === 'text' ? part.text : `<${part.name}>`;
}
