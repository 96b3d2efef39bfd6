/** Tempo's example queries: which read, which read and mean nothing, and which it does not answer itself. */
import { existsSync, readFileSync } from 'node:fs';
import { checkQuery, parseQuery, printQuery, TraceqlSyntaxError } from '@farol/traceql';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { patternProblem } from '../../server/src/query/traceql/index.ts';
import { report } from './report.ts';

type Verdict = 'valid' | 'parse_fails' | 'validate_fails' | 'unsupported';
const verdicts: readonly Verdict[] = ['valid', 'parse_fails', 'validate_fails', 'unsupported'];

const suite = new URL('../../../shared/conformance/agpl/traceql/test_examples.yaml', import.meta.url);
const present = existsSync(suite);
if (!present) console.warn(`Tempo's example queries are not at ${suite.pathname}; they are not read`);

describe.runIf(present)("Tempo's example queries", () => {
  const examples = (present ? parse(readFileSync(suite, 'utf8')) : {}) as Record<Verdict, string[]>;
  const all = verdicts.flatMap((verdict) => examples[verdict].map((text) => ({ text, verdict })));

  test('every query has the verdict that Tempo gives it', () => {
    const wrong = all.filter(({ text, verdict }) => verdictOn(text) !== verdict);
    console.log(`TraceQL: ${all.length - wrong.length}/${all.length} verdicts as Tempo's`);
    report({ suite: 'traceql', cases: all.length, passed: all.length - wrong.length, deviations: [] });
    expect(wrong.map(({ text, verdict }) => `${text}: ${verdict}, not ${verdictOn(text)}`)).toEqual([]);
  });

  test('a query that reads is printed as one that reads the same', () => {
    for (const { text } of all.filter(({ verdict }) => verdict !== 'parse_fails')) {
      const printed = printQuery(parseQuery(text));
      expect(printQuery(parseQuery(printed)), text).toBe(printed);
      expect(verdictOn(printed), printed).toBe(verdictOn(text));
    }
  });
});

function verdictOn(text: string): Verdict {
  try {
    const problem = checkQuery(parseQuery(text), patternProblem);
    if (problem === undefined) return 'valid';
    return problem.kind === 'invalid' ? 'validate_fails' : 'unsupported';
  } catch (error) {
    if (error instanceof TraceqlSyntaxError) return 'parse_fails';
    throw error;
  }
}
