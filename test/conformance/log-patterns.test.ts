/** Grouping accuracy over loghub's lines with ground truth: a line counts when its group is exactly the true one. */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { templatesOf } from '../../server/src/query/streams/index.ts';
import { report } from './report.ts';

const folder = new URL('../../../shared/conformance/log-patterns/', import.meta.url);

/** Drain's published accuracy (Zhu et al., 2019, table 2); for Apache and HDFS there is little to gain. */
const tally = { cases: 0, passed: 0 };
afterAll(() => {
  if (tally.cases === 6000) report({ suite: 'log-patterns', ...tally, deviations: [] });
});

const published = { Apache: 1, HDFS: 0.998, OpenSSH: 0.788 };

for (const [system, drain] of Object.entries(published)) {
  const file = new URL(`${system}_2k.log_structured.csv`, folder);
  if (!existsSync(file)) {
    console.warn(`log patterns of ${system} are not tested: ${file.pathname} is absent`);
    continue;
  }
  test(`templates of ${system} group its lines no worse than Drain's ${drain}`, () => {
    const rows = csvRows(readFileSync(file, 'utf8'));
    const lines = rows.map((row) => row.Content ?? '');
    const { templateOf } = templatesOf(lines);
    const accuracy = groupingAccuracy(
      Array.from(templateOf),
      rows.map((row) => row.EventId ?? ''),
    );
    console.info(`log patterns, ${system}: grouping accuracy ${accuracy.toFixed(4)} (Drain ${drain})`);
    tally.cases += lines.length;
    tally.passed += Math.round(accuracy * lines.length);
    expect(accuracy).toBeGreaterThanOrEqual(drain);
  });
}

function groupingAccuracy(found: readonly number[], truth: readonly string[]): number {
  const sizeOfPair = Map.groupBy(found, (group, i) => `${group} ${truth[i]}`);
  const sizeOfFound = Map.groupBy(found, (group) => group);
  const sizeOfTruth = Map.groupBy(truth, (event) => event);
  const right = found.filter((group, i) => {
    const both = sizeOfPair.get(`${group} ${truth[i]}`)?.length;
    return both === sizeOfFound.get(group)?.length && both === sizeOfTruth.get(truth[i] ?? '')?.length;
  });
  return right.length / found.length;
}

/** Rows by column name; a quoted cell may hold commas and doubled quotes. */
function csvRows(text: string): Record<string, string>[] {
  const [head = [], ...rows] = text
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map((line) => {
      const cells = line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g);
      return Array.from(cells, ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');
    });
  return rows.map((cells) => Object.fromEntries(head.map((name, i) => [name, cells[i] ?? ''])));
}
