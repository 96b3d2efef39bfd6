import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { limits } from '../server/src/model/limits.ts';
import { noteOf, pageOf, readReports, rowOf } from './reference.ts';

test('the page of conformance has the numbers of the last runs', () => {
  for (const language of ['en', 'pt'] as const) {
    const page = readFileSync(pageOf[language], 'utf8');
    for (const report of readReports()) {
      const again = 'run node tools/reference.ts';
      expect(page.includes(rowOf(report, language)), `${rowOf(report, language)}: ${again}`).toBe(true);
      expect(page.includes(noteOf(report, language)), `${noteOf(report, language)}: ${again}`).toBe(true);
    }
  }
});

test('the pages of the APIs name every limit of questions and tails, with its default', () => {
  for (const page of ['apis.md', 'apis.pt-BR.md']) {
    const text = readFileSync(new URL(page, pageOf.en), 'utf8');
    const told = [...text.matchAll(/^\| `(\w+)\.(\w+)` \| ([\d.,]+) \|/gm)].map(
      ([, group = '', name = '', value = '']) => [group, name, Number(value.replaceAll(/[.,]/g, ''))] as const,
    );
    for (const [group, name, value] of told) {
      const defaults: Readonly<Record<string, number>> = limits[group as keyof typeof limits];
      expect(defaults[name], `${page}: ${group}.${name}`).toBe(value);
    }
    const named = told.map(([group, name]) => `${group}.${name}`);
    for (const group of ['query', 'tail'] as const) {
      expect(named, page).toEqual(expect.arrayContaining(Object.keys(limits[group]).map((name) => `${group}.${name}`)));
    }
  }
});
