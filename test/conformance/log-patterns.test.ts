/** Grouping accuracy over loghub's lines with ground truth: a line counts when its group is exactly the true one. */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { shapeKeyOf, wordsOf } from '../../packages/logql/src/index.ts';
import { templatesOf, templatesOfShapes } from '../../server/src/query/streams/index.ts';
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
    const truth = rows.map((row) => row.EventId ?? '');
    const accuracy = groupingAccuracy(Array.from(templatesOf(lines).templateOf), truth);
    expect(groupingAccuracy(templatesOfCounted(lines), truth)).toBe(accuracy);
    console.info(`log patterns, ${system}: grouping accuracy ${accuracy.toFixed(4)} (Drain ${drain})`);
    tally.cases += lines.length;
    tally.passed += Math.round(accuracy * lines.length);
    expect(accuracy).toBeGreaterThanOrEqual(drain);
  });
}

/** As it goes once lines are counted by their shapes as they arrive. */
function templatesOfCounted(lines: readonly string[]): number[] {
  const shapes = [...Map.groupBy(lines, shapeKeyOf)].map(([key, alike], index) => {
    const { words, gaps } = wordsOf(alike[0] ?? '');
    const shape = words.map((word, i) => `${gaps[i]}${word}`).join('') + (gaps.at(-1) ?? '');
    return { key, index, shape, lines: alike.length };
  });
  const { templateOf } = templatesOfShapes(shapes);
  const byKey = new Map(shapes.map(({ key, index }) => [key, templateOf[index] ?? -1]));
  return lines.map((line) => byKey.get(shapeKeyOf(line)) ?? -1);
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
