/**
 * OTLP names → Prometheus names: escaped to underscores, with unit and type suffixes, as prometheus/otlptranslator has it
 * (strategy `UnderscoreEscapingWithSuffixes`, Prometheus' default). Pure; results are cached by the callers.
 */
import { unitSuffixes } from './units.ts';

export { labelName } from '#model';

export type NamedKind = 'gauge' | 'counter' | 'other';

/** The metric family's name, or `''` when nothing nameable is left of it. */
export function metricName(name: string, unit: string, kind: NamedKind): string {
  let tokens = name.split(/[^a-zA-Z0-9:]+/).filter((token) => token !== '');
  if (tokens.length === 0) return '';
  const { main, per } = unitSuffixes(unit);
  if (main !== '' && !tokens.includes(main)) tokens.push(per === '' ? main : main.replace(/_$/, ''));
  if (per !== '' && !tokens.includes(per)) tokens.push(per);
  // A suffix that is there already moves to the end, so that no name says it twice.
  if (kind === 'counter') tokens = [...tokens.filter((token) => token !== 'total'), 'total'];
  if (kind === 'gauge' && unit === '1') tokens = [...tokens.filter((token) => token !== 'ratio'), 'ratio'];
  const joined = tokens.join('_');
  return isDigit(joined.charCodeAt(0)) ? `_${joined}` : joined;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
