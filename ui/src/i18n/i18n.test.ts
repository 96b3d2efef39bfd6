import { expect, test } from 'vitest';
import { en } from './en.ts';
import { pt } from './pt.ts';

/** Words that are the same in both languages: names, abbreviations, and what Brazilians say in English. */
const shared = new Set([
  'logs',
  'traces',
  'trace',
  'p50',
  'p95',
  'p99',
  'saturationCpu',
  'saturationGoroutines',
  'saturationThreads',
  'saturationEventLoop',
  // What it does not know stays as it came.
  'saturationLine',
  'deployOf',
  'endpoints',
  'endpoint',
  'total',
  'spanCount',
  'spanTab',
  'links',
  'durationHint',
  'goTitle',
  'pythonTitle',
  'prometheusTitle',
  'curlTitle',
  'grafanaTitle',
  'paletteEnglish',
  'palettePortuguese',
]);

test('both languages have every key, and say something', () => {
  expect(Object.keys(pt).sort()).toEqual(Object.keys(en).sort());
  for (const words of [en, pt]) {
    for (const [key, value] of Object.entries(words)) expect(said(value).trim(), key).not.toBe('');
  }
});

test('nothing was left in English in the Portuguese', () => {
  for (const key of Object.keys(en) as (keyof typeof en)[]) {
    if (!shared.has(key)) expect(said(pt[key]), key).not.toBe(said(en[key]));
  }
});

test('ranges agree in gender and number in Portuguese', () => {
  expect(pt.last(1, 'h')).toBe('Última hora');
  expect(pt.last(6, 'h')).toBe('Últimas 6 horas');
  expect(pt.last(30, 'm')).toBe('Últimos 30 minutos');
  expect(en.last(1, 'h')).toBe('Last 1 hour');
});

// Arguments that suit text and numbers alike.
function said(value: unknown): string {
  if (typeof value !== 'function') return String(value);
  return String(value(...Array.from({ length: value.length }, (_, i) => (i === 1 ? 'm' : 2))));
}
