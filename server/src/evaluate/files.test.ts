import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseExpr } from '@farol/promql';
import { afterAll, expect, test } from 'vitest';
import { systemClock } from '#kit';
import { readRuleFiles } from './files.ts';
import { readRuleFile } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'farol-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

const deps = {
  parse: (text: string) => parseExpr(text),
  intervalMs: 60_000,
  queryOffsetMs: 0,
  rulesMax: 5000,
  clock: systemClock,
};

const rule = (i: number) => `
      - alert: A${i}
        expr: sum by (job) (rate(requests_total{i="${i}"}[5m])) > ${i}
        for: 5m
        labels: {team: x}
        annotations: {summary: '{{ $labels.job }} is at {{ $value }}'}`;
const large = `groups:\n${[0, 1].map((g) => `  - name: g${g}\n    rules:${Array.from({ length: 200 }, (_, i) => rule(i)).join('')}`).join('\n')}\n`;

function written(text: string): string {
  const file = join(folder, 'rules.yml');
  writeFileSync(file, text);
  return file;
}

test('a large file says what it says when it is read at once, and is refused in the same words', async () => {
  const file = written(large);
  expect(await readRuleFiles([file], deps)).toEqual(readRuleFile(large, file, deps).groups);
  const bad = large.replace('for: 5m', 'for: soon');
  written(bad);
  const inSameWords = (() => {
    try {
      readRuleFile(bad, file, deps);
    } catch (error) {
      return error;
    }
  })();
  await expect(readRuleFiles([file], deps)).rejects.toEqual(inSameWords);
});
