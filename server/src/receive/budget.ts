/** The bytes of all requests being handled at once. Past `limits.receive.inFlightBytesMax` new work is refused, retryably. */
import { Refusal } from '#model';
import { Queue } from './turns.ts';

export interface ReceiveBudget {
  /** Opens an empty lease; close it when the request's bytes are no longer needed. `who` shares turns fairly with others. */
  lease(who?: string): Lease;
  readonly usedBytes: number;
  /** Large bodies are inflated one at a time: what is held at once is one of them, however many bombs arrive. */
  readonly inflating: Queue;
  /** Large bodies are decoded one at a time: the pauses of two would be taken up by each other. */
  readonly decoding: Queue;
}

export interface Lease {
  readonly who: string;
  /** Takes more bytes, or refuses with STORE_BUSY. */
  grow(bytes: number): void;
  /** Is run when the lease closes: for memory and turns that must not wait for the garbage collector. */
  onClose(release: () => void): void;
  /** May be called again. */
  close(): void;
}

export function createReceiveBudget(bytesMax: number): ReceiveBudget {
  let used = 0;
  return {
    inflating: new Queue(),
    decoding: new Queue(),
    get usedBytes() {
      return used;
    },
    lease(who = '') {
      let held = 0;
      let releases: (() => void)[] = [];
      return {
        who,
        grow(bytes) {
          if (used + bytes > bytesMax) {
            throw new Refusal(
              `${used} bytes of requests are being handled, limits.receive.inFlightBytesMax is ${bytesMax}; retry shortly`,
              { code: 'STORE_BUSY', retryAfterSeconds: 1 },
            );
          }
          used += bytes;
          held += bytes;
        },
        onClose(release) {
          releases.push(release);
        },
        close() {
          used -= held;
          held = 0;
          for (const release of releases) release();
          releases = [];
        },
      };
    },
  };
}
