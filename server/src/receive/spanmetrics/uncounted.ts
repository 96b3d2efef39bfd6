import type { WriteBatch, WriteReceipt } from '#store';

/** Requests remembered; a store that refuses more than these in a row has nothing to count either. */
const requestsMax = 10_000;

/**
 * Requests whose write failed. Their rows, or those of one day, may be durable all the same; then the retry is told that
 * it is a duplicate, though nobody has counted it.
 */
export class Uncounted {
  private readonly requests = new Set<string>();

  add(batch: WriteBatch): void {
    const key = keyOf(batch);
    if (key === undefined) return;
    this.requests.add(key);
    const [oldest] = this.requests;
    if (this.requests.size > requestsMax && oldest !== undefined) this.requests.delete(oldest);
  }

  /** Whether the batch, which is durable now, has been counted before: by this process, or by the one before it. */
  isRepeat(batch: WriteBatch, { duplicateRows }: WriteReceipt): boolean {
    const key = keyOf(batch);
    const failedBefore = key !== undefined && this.requests.delete(key);
    // Some but not all: the process before this one died between the days of a request, and so before it counted.
    return duplicateRows > 0 && duplicateRows >= (batch.spans?.length ?? 0) && !failedBefore;
  }
}

function keyOf({ tenant, requestId }: WriteBatch): string | undefined {
  return requestId === undefined ? undefined : `${tenant} ${requestId}`;
}
