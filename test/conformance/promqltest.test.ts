import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runScript, type Verdict } from './promqltest.ts';

const scripts = new URL('../../../shared/conformance/promql/', import.meta.url);
const listFile = new URL('./promqltest-expected-failures.txt', import.meta.url);

/** Lines of `file:line expression`; blank lines and `#` comments are for the reader. The list may only shrink. */
function expectedFailures(): Set<string> {
  const lines = readFileSync(listFile, 'utf8').split('\n');
  return new Set(lines.filter((line) => /^\S+:\d+/.test(line)).map((line) => line.split(' ', 1)[0] ?? ''));
}

test('PromQL answers as the conformance scripts say, but for the listed cases', async () => {
  if (!existsSync(scripts)) {
    console.warn(`promqltest: SKIPPED, ${scripts.pathname} is absent`);
    return;
  }
  const verdicts: Verdict[] = [];
  for (const name of readdirSync(scripts).filter((file) => file.endsWith('.test'))) {
    verdicts.push(...(await runScript(name, readFileSync(new URL(name, scripts), 'utf8'))));
  }
  const listed = expectedFailures();
  const isListed = ({ id }: Verdict): boolean => listed.has(id);
  const failed = verdicts.filter(({ problem }) => problem !== undefined);
  const passed = verdicts.length - failed.length;
  console.info(
    `promqltest: ${passed} passed, ${failed.filter(isListed).length} expected failures of ${verdicts.length}`,
  );
  const unlisted = failed.filter((verdict) => !isListed(verdict));
  expect(unlisted.map(({ id, text, problem }) => `${id} ${text}: ${problem}`)).toEqual([]);
  const cured = verdicts.filter((verdict) => isListed(verdict) && verdict.problem === undefined);
  expect(cured.map(({ id }) => `${id} passes; take it off the list`)).toEqual([]);
  const known = new Set(verdicts.map(({ id }) => id));
  expect([...listed].filter((id) => !known.has(id)).map((id) => `${id} is no case`)).toEqual([]);
});
