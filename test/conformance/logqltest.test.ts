import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runScript, type Verdict } from './logqltest.ts';
import { report } from './report.ts';

const scripts = new URL('../../../shared/conformance/agpl/logql/', import.meta.url);

test('LogQL answers as the conformance scripts say', async () => {
  if (!existsSync(scripts)) {
    console.warn(`logqltest: SKIPPED, ${scripts.pathname} is absent`);
    return;
  }
  const verdicts: Verdict[] = [];
  for (const name of readdirSync(scripts).filter((file) => file.endsWith('.logqltest'))) {
    verdicts.push(...(await runScript(name, readFileSync(new URL(name, scripts), 'utf8'))));
  }
  const passed = verdicts.filter(({ problem }) => problem === undefined);
  const ofKind = (all: readonly Verdict[], isRange: boolean) => all.filter((one) => one.isRange === isRange).length;
  const instant = `${ofKind(passed, false)} of ${ofKind(verdicts, false)} instant`;
  const range = `${ofKind(passed, true)} of ${ofKind(verdicts, true)} range`;
  console.info(`logqltest: ${passed.length} of ${verdicts.length} passed (${instant}, ${range})`);
  report({ suite: 'logqltest', cases: verdicts.length, passed: passed.length, deviations: [] });
  expect(verdicts.length).toBeGreaterThan(0);
  const failed = verdicts.filter(({ problem }) => problem !== undefined);
  expect(failed.map(({ id, query, problem }) => `${id} ${query}: ${problem}`)).toEqual([]);
});
