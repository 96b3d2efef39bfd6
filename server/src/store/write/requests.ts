/**
 * Which requests are durable already. A request's rows of one UTC day are its slice: they stand in one part, so they are
 * all there or none is. A client that repeats a request (after a crash, or a timeout) gets its OK without new rows.
 */
import { hash } from 'node:crypto';

const windowMs = 15 * 60_000;
const slicesMax = 200_000;

/** The 64-bit name of a slice; never 0n, which means "no request". */
export function sliceOf(tenant: string, requestId: string, day: number): bigint {
  const digest = hash('sha256', `${requestId}\0${day}\0${tenant}`, 'hex');
  return BigInt(`0x${digest.slice(0, 16)}`) | 1n;
}

export class RecentSlices {
  // In the order they were written, so that the oldest are forgotten first.
  private readonly durable = new Map<bigint, number>();
  private readonly underWay = new Map<bigint, Promise<void>>();

  /** The write of this very slice that has not ended yet. */
  writing(slice: bigint): Promise<void> | undefined {
    return this.underWay.get(slice);
  }

  isDurable(slice: bigint, nowMs: number): boolean {
    const writtenMs = this.durable.get(slice);
    return writtenMs !== undefined && nowMs - writtenMs <= windowMs;
  }

  /** Follows a write until its end. */
  track(slice: bigint, write: Promise<void>, nowMs: () => number): void {
    this.underWay.set(slice, write);
    const ended = (durable: boolean): void => {
      this.underWay.delete(slice);
      if (durable) this.remember(slice, nowMs());
    };
    // Its failure is told to its own sender; here it only means that the slice is not durable.
    write.then(
      () => ended(true),
      () => ended(false),
    );
  }

  remember(slice: bigint, writtenMs: number): void {
    this.durable.delete(slice);
    this.durable.set(slice, writtenMs);
    for (const [oldest, ms] of this.durable) {
      if (this.durable.size <= slicesMax && writtenMs - ms <= windowMs) return;
      this.durable.delete(oldest);
    }
  }
}

export const slicesWindowMs = windowMs;
export const slicesKept = slicesMax;
