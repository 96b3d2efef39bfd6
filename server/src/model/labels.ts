/**
 * A label set: names and values by turns (`[name0, value0, name1, value1, …]`), sorted by name (UTF-16 code units),
 * names unique, no empty value. Flat because the hot paths walk it, and safe for names such as `__proto__`.
 */
export type Labels = readonly string[];

export const noLabels: Labels = [];

/** Builds a label set from pairs in any order. A repeated name keeps its last value; an empty value means "absent". */
export function labelsFrom(pairs: Iterable<readonly [name: string, value: string]>): Labels {
  const byName = new Map<string, string>();
  for (const [name, value] of pairs) byName.set(name, value);
  const names = [...byName.keys()].sort(compareText);
  const flat: string[] = [];
  for (const name of names) {
    const value = byName.get(name) ?? '';
    if (value !== '') flat.push(name, value);
  }
  return flat;
}

/** The value of `name`, or `''` when the label is absent (Prometheus makes no difference between the two). */
export function labelValue(labels: Labels, name: string): string {
  for (let i = 0; i < labels.length; i += 2) {
    if (labels[i] === name) return labels[i + 1] ?? '';
  }
  return '';
}

/** One string per distinct label set: lengths keep `a="b"` and `ab=""` apart. */
export function labelsKey(labels: Labels): string {
  let key = '';
  for (const text of labels) key += `${text.length}:${text}`;
  return key;
}

export function* labelPairs(labels: Labels): Generator<[name: string, value: string]> {
  for (let i = 0; i < labels.length; i += 2) yield [labels[i] ?? '', labels[i + 1] ?? ''];
}

/** Prometheus' order of label sets: pair by pair, name before value; the shorter first. */
export function compareLabels(a: Labels, b: Labels): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const order = compareText(a[i] ?? '', b[i] ?? '');
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * A label's name: `http.method` → `http_method`, character by character; `key` goes before a digit or a lone underscore
 * (Prometheus' defaults). `''` when nothing but escapes would be left.
 */
export function labelName(attribute: string): string {
  const name = attribute.replace(/[^a-zA-Z0-9_]/gu, '_');
  if (/^_*$/.test(name)) return '';
  if (/^[0-9]/.test(name)) return `key_${name}`;
  if (name.startsWith('_') && !name.startsWith('__')) return `key${name}`;
  return name;
}
