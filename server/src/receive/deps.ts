import type { Clock, Ledger } from '#kit';
import type { Labels, Limits, SeriesRef } from '#model';
import type { WriteBatch, WriteReceipt } from '#store';
import type { ReceiveBudget } from './budget.ts';

/** What every receiver asks for. */
export interface ReceiveDeps {
  /** Resolves when the batch is durable; refuses (STORE_BUSY, STORE_FULL, STORE_DOWN) when nothing of it was taken. */
  readonly write: (batch: WriteBatch) => Promise<WriteReceipt>;
  /** May refuse with SERIES_LIMIT. */
  readonly intern: (tenant: string, labels: Labels) => SeriesRef;
  /** Changes when the store forgets series of the past: refs that were remembered must be asked for again. */
  readonly forgets?: () => number;
  readonly ledger: Ledger;
  readonly limits: Limits;
  readonly clock: Clock;
  /** One per process, shared by all receivers. */
  readonly budget: ReceiveBudget;
  /** OTLP attribute names; a `*` at the end stands for any ending. */
  readonly promotedResourceAttributes: readonly string[];
  /** The retention in force: what is older is refused as `too_old`. */
  readonly retentionMs: { readonly metrics: number; readonly logs: number; readonly traces: number };
}
