import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startBeside } from '../prometheus/beside.ts';
import { differenceOf } from '../prometheus/compare.ts';
import { isInstalled } from '../prometheus/programs.ts';
import { demoSeries } from './promql-compliance-data.ts';
import { type ComplianceCase, complianceCases } from './promql-compliance-queries.ts';
import { report } from './report.ts';

const file = new URL('../../../shared/conformance/promql-compliance/promql-test-queries.yml', import.meta.url);

/** The suite's own tolerance (prometheus/compliance, promql/comparer). */
const tolerance = { fraction: 0.00001, margin: 0 };

/** What the suite wants refused and Prometheus has allowed since the version that Debian has: we answer it. */
const allowed: ReadonlyMap<string, string> = new Map([
  ['label_replace(demo_num_cpus, "~invalid", "", "src", "(.*)")', 'since 3.0 any text is a label name'],
  ['label_join(demo_num_cpus, "~invalid", "-", "instance")', 'since 3.0 any text is a label name'],
]);

test('the compliance queries have the answers that Prometheus gives beside us', async () => {
  if (!existsSync(file) || !isInstalled('prometheus')) {
    console.warn(`PromQL compliance: SKIPPED, ${file.pathname} or prometheus is absent`);
    return;
  }
  await using beside = await startBeside();
  const stepMs = 10_000;
  const nowMs = Math.floor(Date.now() / stepMs) * stepMs;
  await beside.send(demoSeries({ startMs: nowMs - 90 * 60_000 + 137, endMs: nowMs, stepMs }, 42));
  // Off the subqueries' ten seconds: since 3.0 the left end of a window is outside of it, here no point lies there.
  const end = nowMs / 1000 - 12 * 60 + 5;
  const times = { start: end - 10 * 60, end, step: 10 };
  const problems: string[] = [];
  let answered = 0;
  const cases = complianceCases(file);
  for (const one of cases) {
    const { farol, prometheus } = await beside.ask({ query: one.query, ...times });
    expect(prometheus.kind === 'error', `Prometheus refuses ${one.query}`).toBe(one.shouldFail);
    const shouldFail = one.shouldFail && !allowed.has(one.query);
    const problem = problemOf({ ...one, shouldFail }, farol, prometheus);
    if (problem !== undefined) problems.push(`${one.query}: ${problem}`);
    if (prometheus.kind === 'series' && prometheus.series.length > 0) answered++;
  }
  const passed = cases.length - problems.length;
  console.info(
    `PromQL compliance: ${passed} of ${cases.length}, ${answered} with series, ${allowed.size} allowed since`,
  );
  const deviations = [...Map.groupBy(allowed.values(), (why) => why)].map(([why, all]) => ({ why, cases: all.length }));
  report({ suite: 'promql-compliance', cases: cases.length, passed, deviations });
  expect(problems).toEqual([]);
  expect(cases.length).toBe(539);
  expect(answered).toBeGreaterThan(450);
});

type Reply = Parameters<typeof differenceOf>[0];

function problemOf({ shouldFail, skipComparison }: ComplianceCase, ours: Reply, theirs: Reply): string | undefined {
  if (ours.kind === 'error' && !shouldFail) return `refused: ${ours.message}`;
  if (ours.kind !== 'error' && shouldFail) return 'answered, should fail';
  return skipComparison || theirs.kind === 'error' ? undefined : differenceOf(ours, theirs, tolerance);
}
