import type { Hints } from './stage.ts';
import { type LineState, PRESERVE_ERROR } from './state.ts';

/** Label names are words; anything else becomes `_`, and a first digit gets one in front. */
export function labelNameOf(key: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) return key;
  const trimmed = key.trim();
  const name = trimmed.replace(/[^A-Za-z0-9_]/gu, '_');
  return /^[0-9]/.test(name) ? `_${name}` : name;
}

const namesMax = 10_000;

/** `labelNameOf` with a memory, for parsers that meet the same keys line after line. */
export function nameCache(nameOf = labelNameOf): (key: string) => string {
  const names = new Map<string, string>();
  return (key) => {
    const known = names.get(key);
    if (known !== undefined) return known;
    if (names.size >= namesMax) names.clear();
    const name = nameOf(key);
    names.set(key, name);
    return name;
  };
}

/** A field that is not asked for is not asked for under a loser's name either: that asks for both (hints.ts). */
export const isUseless = ({ required }: Hints, field: string): boolean =>
  required !== undefined && !required.has(field);

/** Sets what a parser found, unless it is found already or of no use. */
export function extract(state: LineState, hints: Hints, field: string, value: string): void {
  if (isUseless(hints, field)) return;
  const name = state.nameFor(field);
  if (hints.required !== undefined && !hints.required.has(name)) return;
  if (!state.isExtracted(name)) state.set(name, value);
}

/** True when all that the query needs has been found, so that the rest of the line need not be read. */
export function hasAllRequired(state: LineState, { required }: Hints): boolean {
  if (required === undefined || required.size === 0 || state.parsed.size < required.size) return false;
  for (const name of required) if (!state.isExtracted(name)) return false;
  return true;
}

export const isNeedless = (state: LineState, hints: Hints): boolean => hints.noLabels || hasAllRequired(state, hints);

/** A parser's own error. */
export function failParser(state: LineState, hints: Hints, error: string, details: string): void {
  state.error = error;
  if (details !== '') state.errorDetails = details;
  if (hints.preserveError) state.set(PRESERVE_ERROR, 'true');
}

/** What is no Unicode in a value becomes a blank. */
export function cleanValue(value: string): string {
  return value.includes('\ufffd') ? value.replaceAll('\ufffd', ' ') : value;
}
