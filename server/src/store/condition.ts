/** Whether the store can take and answer: from what inserts met, from the engine's state, and from the free disk. */
import { Refusal } from '#model';
import type { StoreHealth } from './contract.ts';

type EngineState = 'starting' | 'ready' | 'down';
type Failure = 'full' | 'transient' | 'permanent';

export class Condition {
  private engine: { state: EngineState; reason?: string } = { state: 'ready' };
  private failure: Failure | undefined;
  private freeBytes = Number.POSITIVE_INFINITY;
  private readonly freeBytesMin: number;

  constructor(freeDiskBytesMin: number) {
    this.freeBytesMin = freeDiskBytesMin;
  }

  engineIs(state: EngineState, reason?: string): void {
    this.engine = reason === undefined ? { state } : { state, reason };
  }

  /** What the last try of an insert met. */
  inserted(failure: Failure | undefined): void {
    this.failure = failure;
  }

  /** A look at the disk also ends a "full" that an insert met: the next insert may try again. */
  free(bytes: number): void {
    this.freeBytes = bytes;
    if (this.failure === 'full' && bytes >= this.freeBytesMin) this.failure = undefined;
  }

  /** Throws STORE_FULL while nothing can be written. While the engine restarts, rows wait in the queue instead. */
  assertWritable(): void {
    if (!this.isFull()) return;
    throw new Refusal(this.fullReason(), { code: 'STORE_FULL', retryAfterSeconds: 30 });
  }

  state(): Pick<StoreHealth, 'state' | 'reason'> {
    if (this.engine.state !== 'ready') {
      return { state: this.engine.state, reason: this.engine.reason ?? 'the engine is being started' };
    }
    if (this.isFull()) return { state: 'read-only', reason: this.fullReason() };
    if (this.failure === undefined) return { state: 'ready' };
    return { state: 'down', reason: 'writes fail; they are being retried' };
  }

  private isFull(): boolean {
    return this.failure === 'full' || this.freeBytes < this.freeBytesMin;
  }

  private fullReason(): string {
    const free = Number.isFinite(this.freeBytes) ? `${this.freeBytes} bytes are free` : 'the disk is full';
    return `${free}, limits.store.freeDiskBytesMin is ${this.freeBytesMin}; free some space or shorten the retention`;
  }
}
