import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runScript, type Verdict } from './promqltest.ts';
import { report } from './report.ts';

const scripts = new URL('../../../shared/conformance/promql/', import.meta.url);

test('PromQL answers as the conformance scripts say', async () => {
  if (!existsSync(scripts)) {
    console.warn(`promqltest: SKIPPED, ${scripts.pathname} is absent`);
    return;
  }
  const verdicts: Verdict[] = [];
  for (const name of readdirSync(scripts).filter((file) => file.endsWith('.test'))) {
    verdicts.push(...(await runScript(name, readFileSync(new URL(name, scripts), 'utf8'))));
  }
  const failed = verdicts.filter(({ problem }) => problem !== undefined);
  console.info(`promqltest: ${verdicts.length - failed.length} of ${verdicts.length} passed`);
  report({ suite: 'promqltest', cases: verdicts.length, passed: verdicts.length - failed.length, deviations: [] });
  expect(verdicts.length).toBeGreaterThan(0);
  expect(failed.map(({ id, text, problem }) => `${id} ${text}: ${problem}`)).toEqual([]);
});
