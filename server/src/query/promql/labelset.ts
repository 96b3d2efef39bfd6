import { goQuote } from '@farol/promql';
import { type Labels, labelsKey } from '#model';

/** Label set operations of the evaluator. Sets are flat and sorted by name (see #model). */

export const METRIC_NAME = '__name__';

/** What goes when a metric name goes: with type-and-unit labels on, these describe the metric too. */
const metadataNames: ReadonlySet<string> = new Set([METRIC_NAME, '__type__', '__unit__']);

/** Label names are any text but the empty one. What was written with bytes that are no UTF-8 is not well formed. */
export function isLabelName(name: string): boolean {
  return name !== '' && name.isWellFormed();
}

export function withoutMetadata(labels: Labels): Labels {
  for (let i = 0; i < labels.length; i += 2) {
    if (metadataNames.has(labels[i] ?? '')) return filtered(labels, (name) => !metadataNames.has(name));
  }
  return labels;
}

export function keepNames(labels: Labels, names: ReadonlySet<string>): Labels {
  return filtered(labels, (name) => names.has(name));
}

export function withoutNames(labels: Labels, names: ReadonlySet<string>): Labels {
  return filtered(labels, (name) => !names.has(name));
}

function filtered(labels: Labels, keep: (name: string) => boolean): Labels {
  const kept: string[] = [];
  for (let i = 0; i < labels.length; i += 2) {
    const name = labels[i] ?? '';
    if (keep(name)) kept.push(name, labels[i + 1] ?? '');
  }
  return kept;
}

/** The set with `name` set to `value`, or removed when the value is empty. */
export function withLabel(labels: Labels, name: string, value: string): Labels {
  const out: string[] = [];
  let isPlaced = value === '';
  for (let i = 0; i < labels.length; i += 2) {
    const other = labels[i] ?? '';
    if (!isPlaced && name < other) {
      out.push(name, value);
      isPlaced = true;
    }
    if (other !== name) out.push(other, labels[i + 1] ?? '');
  }
  if (!isPlaced) out.push(name, value);
  return out;
}

/** A text that is equal for sets that agree on `names` (sorted); absent and empty are the same. */
export function keyOfNames(labels: Labels, names: readonly string[]): string {
  let key = '';
  let at = 0;
  for (const name of names) {
    while (at < labels.length && (labels[at] ?? '') < name) at += 2;
    const value = labels[at] === name ? (labels[at + 1] ?? '') : '';
    key += `${value.length}:${value}`;
  }
  return key;
}

/** A text that is equal for sets that agree on all but `names`. */
export function keyWithoutNames(labels: Labels, names: ReadonlySet<string>): string {
  let key = '';
  for (let i = 0; i < labels.length; i += 2) {
    const name = labels[i] ?? '';
    if (names.has(name)) continue;
    const value = labels[i + 1] ?? '';
    key += `${name.length}:${name}${value.length}:${value}`;
  }
  return key;
}

export function hasDuplicates(sets: readonly Labels[]): boolean {
  if (sets.length < 2) return false;
  const seen = new Set<string>();
  for (const labels of sets) seen.add(labelsKey(labels));
  return seen.size < sets.length;
}

/** `{a="1", b="2"}`, as Prometheus names a series in its errors. */
export function labelsText(labels: Labels): string {
  const pairs: string[] = [];
  for (let i = 0; i < labels.length; i += 2) {
    const name = labels[i] ?? '';
    const shown = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : goQuote(name);
    pairs.push(`${shown}=${goQuote(labels[i + 1] ?? '')}`);
  }
  return `{${pairs.join(', ')}}`;
}
