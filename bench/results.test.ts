import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { atMost, milliseconds } from './report.ts';
import { keep } from './results.ts';

const about = { machine: 'a machine', scale: 'full' };

test('a section that is measured again replaces its own chapter only, and the summary counts what is met', () => {
  const dir = mkdtempSync(join(tmpdir(), 'bench-results-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const measure = (section: string, ms: number, measuredAt: string) => {
    const goals = [atMost(`${section} quickly`, ms, 100, milliseconds)];
    keep(dir, section, { ...about, measuredAt, finding: { title: `About ${section}`, goals, tables: [], notes: [] } }, [
      'one',
      'two',
    ]);
  };
  measure('two', 50, '2026-01-01T00:00:00Z');
  measure('one', 50, '2026-01-02T00:00:00Z');
  measure('one', 200, '2026-01-03T00:00:00Z');
  const page = readFileSync(join(dir, 'results.md'), 'utf8');
  expect(page).toMatch('1 of 2 goals met, **1 not**');
  expect(page).toMatch(/\| one quickly \| ≤ 100 ms \| 200 ms +\| \*\*no\*\* \| \[one\]\(#about-one\)/);
  expect(page).toMatch(/## About one[^#]*2026-01-03[^#]*## About two[^#]*2026-01-01/s);
  expect(page).not.toMatch('2026-01-02');
});
