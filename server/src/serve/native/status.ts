import type { IngestAnswer, StatusAnswer } from '@farol/contract';
import type { Asked } from '../asked.ts';
import type { NativeDeps } from './deps.ts';

export async function status(deps: NativeDeps, { signal }: Asked): Promise<StatusAnswer> {
  const { state, reason, detachedParts } = deps.health();
  // A store that is down has no sizes, and its state is what the page is asked for.
  const signals = state === 'down' || state === 'starting' ? [] : await deps.sizes(signal);
  return {
    version: deps.version,
    state,
    ...(reason !== undefined && { reason }),
    startedMs: deps.startedMs,
    nowMs: deps.clock.nowMs(),
    listen: deps.listen(),
    signals,
    detachedParts,
  };
}

export async function ingest(deps: NativeDeps): Promise<IngestAnswer> {
  const senders = deps.ledger.entries().map(({ rejected, ...entry }) => ({
    protocol: entry.protocol,
    sender: entry.sender,
    signal: entry.signal,
    received: entry.received,
    stored: entry.stored,
    rejected: [...rejected].map(([reason, { count, example }]) => ({ reason, count, example })),
    duplicates: entry.duplicates,
    lastSeenMs: entry.lastSeenMs,
  }));
  return { sinceMs: deps.ledger.sinceMs, senders };
}
