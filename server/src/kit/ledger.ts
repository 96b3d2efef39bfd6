/**
 * The ingest ledger: what arrived, from whom, and what became of it. Every item is stored, rejected or dropped, with a
 * reason; the books balance (received = stored + rejected + duplicates), and a test holds them to it.
 */
import { counter } from './selfmetrics.ts';

export type Protocol = 'otlp-grpc' | 'otlp-http' | 'remote-write' | 'loki' | 'scrape' | 'self';
export type Signal = 'metrics' | 'logs' | 'traces';

export interface Sender {
  readonly protocol: Protocol;
  /** The service, job or user agent that sent it. Names past `sendersMax` are booked as `(others)`. */
  readonly sender: string;
  readonly signal: Signal;
}

export interface LedgerEntry extends Sender {
  received: number;
  stored: number;
  duplicates: number;
  lastSeenMs: number;
  readonly rejected: Map<string, { count: number; example: string }>;
}

export interface Ledger {
  received(sender: Sender, items: number): void;
  stored(sender: Sender, items: number): void;
  duplicates(sender: Sender, items: number): void;
  /** `reason` is a snake_case word from a fixed set (`too_old`, `label_value_too_long`); `example` is for a person. */
  rejected(sender: Sender, reason: string, items: number, example: string): void;
  entries(): readonly LedgerEntry[];
  readonly sinceMs: number;
}

const sendersMax = 500;

const receivedTotal = counter('farol_ingest_received_total', 'Items that arrived.', ['protocol', 'signal']);
const storedTotal = counter('farol_ingest_stored_total', 'Items that are durable.', ['protocol', 'signal']);
const duplicatesTotal = counter('farol_ingest_duplicates_total', 'Items of a request that had been stored already.', [
  'protocol',
  'signal',
]);
const rejectedTotal = counter('farol_ingest_rejected_total', 'Items refused or dropped, by reason.', [
  'protocol',
  'signal',
  'reason',
]);

export function createLedger(nowMs: () => number): Ledger {
  const entries = new Map<string, LedgerEntry>();
  const sinceMs = nowMs();

  function entryOf(sender: Sender): LedgerEntry {
    const named = entries.get(keyOf(sender));
    const known =
      named ?? (entries.size >= sendersMax ? entries.get(keyOf({ ...sender, sender: '(others)' })) : undefined);
    const entry = known ?? open(entries.size >= sendersMax ? { ...sender, sender: '(others)' } : sender);
    entry.lastSeenMs = nowMs();
    return entry;
  }

  function open(sender: Sender): LedgerEntry {
    const entry = { ...sender, received: 0, stored: 0, duplicates: 0, lastSeenMs: 0, rejected: new Map() };
    entries.set(keyOf(sender), entry);
    return entry;
  }

  return {
    sinceMs,
    received(sender, items) {
      entryOf(sender).received += items;
      receivedTotal.inc({ protocol: sender.protocol, signal: sender.signal }, items);
    },
    stored(sender, items) {
      entryOf(sender).stored += items;
      storedTotal.inc({ protocol: sender.protocol, signal: sender.signal }, items);
    },
    duplicates(sender, items) {
      entryOf(sender).duplicates += items;
      duplicatesTotal.inc({ protocol: sender.protocol, signal: sender.signal }, items);
    },
    rejected(sender, reason, items, example) {
      const { rejected } = entryOf(sender);
      rejected.set(reason, { count: (rejected.get(reason)?.count ?? 0) + items, example });
      rejectedTotal.inc({ protocol: sender.protocol, signal: sender.signal, reason }, items);
    },
    entries: () => [...entries.values()],
  };
}

function keyOf(sender: Sender): string {
  return `${sender.protocol}\n${sender.signal}\n${sender.sender}`;
}
