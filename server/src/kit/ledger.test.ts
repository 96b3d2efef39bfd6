import { expect, test } from 'vitest';
import { createLedger, type Sender } from './ledger.ts';

const sender: Sender = { protocol: 'loki', sender: 'promtail', signal: 'logs' };

test('the books name the sender, the reason and an example', () => {
  const ledger = createLedger(() => 42);
  ledger.received(sender, 10);
  ledger.stored(sender, 7);
  ledger.duplicates(sender, 1);
  ledger.rejected(sender, 'line_too_long', 1, 'first');
  ledger.rejected(sender, 'line_too_long', 1, 'latest');
  const [entry] = ledger.entries();
  expect(entry).toMatchObject({ ...sender, received: 10, stored: 7, duplicates: 1, lastSeenMs: 42 });
  expect(entry?.rejected.get('line_too_long')).toEqual({ count: 2, example: 'latest' });
});

test('a flood of sender names is booked as "(others)", and nothing is lost from the books', () => {
  const ledger = createLedger(() => 0);
  for (let i = 0; i < 2_000; i++) ledger.received({ ...sender, sender: `s${i}` }, 1);
  const entries = ledger.entries();
  expect(entries.length).toBeLessThanOrEqual(501);
  expect(entries.reduce((sum, entry) => sum + entry.received, 0)).toBe(2_000);
});
