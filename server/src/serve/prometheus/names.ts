/** Label names as URLs carry them: `U__` names are UTF-8 names spelt in the old alphabet. */

/** Prometheus' value encoding undone: `_2e_` is a dot, `__` an underscore. What is not well formed stays as it is. */
export function unescapeName(name: string): string {
  if (!name.startsWith('U__')) return name;
  const parts = name.slice(3).split('_');
  let plain = parts[0] ?? '';
  for (let i = 1; i < parts.length; i += 2) {
    const code = parts[i] ?? '';
    const after = parts[i + 1];
    // An escape ends with an underscore of its own, so a code without text after it was never closed.
    if (after === undefined) return name;
    const letter = code === '' ? '_' : letterOf(code);
    if (letter === undefined) return name;
    plain += letter + after;
  }
  return plain;
}

function letterOf(hex: string): string | undefined {
  if (!/^[0-9a-fA-F]{1,6}$/.test(hex)) return undefined;
  const point = Number.parseInt(hex, 16);
  const isSurrogate = point >= 0xd800 && point <= 0xdfff;
  return point <= 0x10ffff && !isSurrogate ? String.fromCodePoint(point) : undefined;
}
