/** The bytes of all requests being handled at once. Past `limits.receive.inFlightBytesMax` new work is refused, retryably. */
import { Refusal } from '#model';

export interface ReceiveBudget {
  /** Opens an empty lease; close it when the request is answered. */
  lease(): Lease;
  readonly usedBytes: number;
}

export interface Lease {
  /** Takes more bytes, or refuses with STORE_BUSY. */
  grow(bytes: number): void;
  close(): void;
}

export function createReceiveBudget(bytesMax: number): ReceiveBudget {
  let used = 0;
  return {
    get usedBytes() {
      return used;
    },
    lease() {
      let held = 0;
      return {
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
        close() {
          used -= held;
          held = 0;
        },
      };
    },
  };
}
