import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readRuleFile } from '../../server/src/evaluate/index.ts';
import { systemClock } from '../../server/src/kit/index.ts';
import { limits } from '../../server/src/model/index.ts';
import { createPromql } from '../../server/src/query/promql/index.ts';
import { reportTests } from './report.ts';

reportTests('rule-files');

const folder = new URL('../../../shared/conformance/', import.meta.url);

/** What promtool refuses. The test files among them (`tests:`) are no rule files, and are left out. */
const bad: ReadonlySet<string> = new Set([
  'rules-bad.yml',
  'bad-rules-syntax.yml',
  'rules_extrafields.yml',
  'invalid_rules.yaml',
]);

const places = ['rule-tests/', 'rule-tests/fixtures/', 'alert-generator/'];
const isHere = existsSync(new URL('rule-tests/', folder));
if (!isHere) console.warn('shared/conformance/rule-tests is not here: the verdicts on rule files are skipped');

const promql = createPromql({ select: async () => [], limits: limits.query, clock: systemClock, experimental: true });

function verdictOn(text: string): string | undefined {
  try {
    readRuleFile(text, 'rules', {
      parse: promql.parse,
      intervalMs: 60_000,
      queryOffsetMs: 0,
      rulesMax: limits.rules.rulesMax,
    });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe.skipIf(!isHere)('rule files get the verdict that promtool gives', () => {
  for (const place of isHere ? places : []) {
    for (const file of readdirSync(new URL(place, folder)).filter((name) => /\.ya?ml$/.test(name))) {
      const text = readFileSync(new URL(place + file, folder), 'utf8');
      if (!/^groups:/m.test(text)) continue;
      test(`${file} is ${bad.has(file) ? 'refused' : 'taken'}`, () => {
        const problem = verdictOn(text);
        expect(problem === undefined, problem ?? 'it was taken').toBe(!bad.has(file));
      });
    }
  }
});
