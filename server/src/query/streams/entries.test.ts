import { expect, test } from 'vitest';
import { Refusal } from '#model';
import { createEntries, type EntriesDeps } from './entries.ts';
import type { EntryRow } from './rows.ts';

const row: EntryRow = { timeNs: 5n, line: 'a', stream: 0, metadata: [] };

/** A store of one slot with many lines, of which each page gives one row; the second page fails. */
function failingAtSecondPage(): { deps: EntriesDeps; signals: AbortSignal[] } {
  const signals: AbortSignal[] = [];
  const deps = {
    ask: async () => [{ slot: '0', slot_lines: '10000000' }],
    async *scan(_query: unknown, _readRow: unknown, { signal }: { signal: AbortSignal }) {
      if (signals.push(signal) > 1) throw new Refusal('gone', { code: 'STORE_DOWN' });
      yield [row];
    },
  };
  return { deps: deps as unknown as EntriesDeps, signals };
}

const question = {
  tenant: 'main',
  matchers: [],
  startNs: 0n,
  endNs: 600_000_000_000n,
  direction: 'forward',
  lineFilters: [],
  labelFilters: [],
  signal: new AbortController().signal,
} as const;
const later = () => new Promise((resolve) => setTimeout(resolve, 5));

test('a page is read while the one before is worked on, and fails when it is asked for', async () => {
  const { deps, signals } = failingAtSecondPage();
  const pages = createEntries(deps)({ ...question, needs: new Set() });
  expect((await pages.next()).value).toMatchObject({ count: 1 });
  await later();
  expect(signals).toHaveLength(2);
  await expect(pages.next()).rejects.toThrow('gone');
});

test('what was read ahead ends with the reader, and who may stop early has nothing read ahead', async () => {
  const ahead = failingAtSecondPage();
  const pages = createEntries(ahead.deps)({ ...question, needs: new Set() });
  await pages.next();
  await pages.return(undefined);
  expect(ahead.signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  const bounded = failingAtSecondPage();
  await createEntries(bounded.deps)({ ...question, limit: 10 }).next();
  await later();
  expect(bounded.signals).toHaveLength(1);
});
