import type { RE2JS } from 're2js';

type Found = ReturnType<RE2JS['matcher']>;

/** Go's Regexp.Expand: `$1`, `${1}`, `$name`, where a bare name is as long as it can be; `$$` is a dollar. */
export function expander(replacement: string): (found: Found) => string {
  const parts: ((found: Found) => string)[] = [];
  let at = 0;
  for (const match of replacement.matchAll(/\$(?:\$|(\w+)|\{(\w+)\})/g)) {
    const literal = replacement.slice(at, match.index);
    const group = match[1] ?? match[2];
    parts.push(() => literal, group === undefined ? () => '$' : (found) => groupOf(found, group));
    at = match.index + match[0].length;
  }
  const rest = replacement.slice(at);
  return (found) => parts.map((part) => part(found)).join('') + rest;
}

function groupOf(found: Found, name: string): string {
  try {
    return found.group(/^\d+$/.test(name) ? Number(name) : name) ?? '';
  } catch {
    // Go expands a group that does not exist to nothing.
    return '';
  }
}

/** Replaces every match, left to right. As in Go, an empty match right behind another match does not count. */
export function replaceEach(regex: RE2JS, text: string, replacement: (found: Found) => string): string {
  const found = regex.matcher(text);
  let out = '';
  let last = 0;
  let hasMatch = false;
  while (found.find()) {
    const [start, end] = [found.start(), found.end()];
    if (hasMatch && start === end && start === last) continue;
    out += text.slice(last, start) + replacement(found);
    last = end;
    hasMatch = true;
  }
  return out + text.slice(last);
}
