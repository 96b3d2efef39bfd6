import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readScrapeConfig } from '../../server/src/receive/scrape/index.ts';
import { reportTests } from './report.ts';

const folder = new URL('../../../shared/conformance/scrape-config/', import.meta.url);

/** Files whose verdict differs from promtool's, and why. The list may only shrink. */
const deviations: ReadonlyMap<string, string> = new Map();

const isHere = existsSync(folder);
if (!isHere)
  console.warn('shared/conformance/scrape-config is not here: the verdicts on scrape configurations are skipped');
reportTests(
  'scrape-config',
  [...deviations.values()].map((why) => ({ why, cases: 1 })),
);

function problemOf(file: string): string | undefined {
  try {
    readScrapeConfig(readFileSync(new URL(file, folder), 'utf8'), { baseDir: fileURLToPath(folder) });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe.skipIf(!isHere)('scrape configurations get the verdict that promtool gives', () => {
  for (const file of isHere ? readdirSync(folder).filter((name) => name.endsWith('.yml')) : []) {
    const isGood = file.includes('.good.') !== deviations.has(file);
    test(`${file} is ${isGood ? 'taken' : 'refused'}`, () => {
      const problem = problemOf(file);
      expect(problem === undefined, problem ?? 'it was taken').toBe(isGood);
    });
  }
});
