/** A request's body as it was sent, read within its limits of size and time. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Clock } from '#kit';
import { type Limits, Refusal } from '#model';
import type { Lease } from './budget.ts';

export interface BodyOptions {
  readonly limits: Limits['receive'];
  readonly clock: Clock;
  readonly lease: Lease;
}

/** The raw body. Refuses with BODY_TOO_LARGE past bodyBytesMax, and a sender slower than requestMsMax. */
export async function readBody(stream: Readable, headers: IncomingHttpHeaders, options: BodyOptions): Promise<Buffer> {
  assertSize(Number(headers['content-length'] ?? 0), options.limits);
  return gather(chunksOf(stream), options);
}

/** A refusal must still be answered on this connection, so leaving the loop early does not destroy the stream. */
export function chunksOf(stream: Readable): AsyncIterable<Buffer> {
  return stream.iterator({ destroyOnReturn: false });
}

export async function gather(stream: AsyncIterable<Buffer>, options: BodyOptions): Promise<Buffer> {
  const { limits, clock, lease } = options;
  const chunks: Buffer[] = [];
  let size = 0;
  await inTime(clock, limits.requestMsMax, async (isLate) => {
    for await (const chunk of stream) {
      if (isLate()) return;
      size += chunk.length;
      assertSize(size, limits);
      lease.grow(chunk.length);
      chunks.push(chunk);
    }
  });
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size);
}

async function inTime(clock: Clock, msMax: number, read: (isLate: () => boolean) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  let isOver = false;
  const late = clock.sleep(msMax, stop.signal).then(() => {
    throw new Refusal(
      `the body did not arrive whole within ${msMax} ms (limits.receive.requestMsMax); send it faster or in smaller batches`,
      { code: 'STORE_BUSY', retryAfterSeconds: 5 },
    );
  });
  const work = read(() => isOver);
  // Whichever loses the race has nothing more to say.
  late.catch(() => {});
  work.catch(() => {});
  try {
    await Promise.race([work, late]);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('the connection broke before the body was whole; send it again', {
      code: 'BAD_REQUEST',
      cause: error,
    });
  } finally {
    isOver = true;
    stop.abort();
  }
}

export function assertSize(bytes: number, { bodyBytesMax }: Limits['receive']): void {
  if (bytes <= bodyBytesMax) return;
  throw new Refusal(
    `body is ${bytes} bytes or more, limits.receive.bodyBytesMax is ${bodyBytesMax}; send smaller batches`,
    { code: 'BODY_TOO_LARGE' },
  );
}

/**
 * After an early refusal: what is still arriving is thrown away, so that the sender reads the answer instead of a broken
 * pipe; a sender that never ends is cut off.
 */
export function drain(stream: Readable, clock: Clock): void {
  if (stream.readableEnded || stream.destroyed) return;
  stream.resume();
  const stop = new AbortController();
  const ended = finished(stream, { writable: false }).finally(() => stop.abort());
  ended.catch(() => {});
  clock.sleep(drainMsMax, stop.signal).then(
    () => stream.destroy(),
    // The stream ended by itself.
    () => {},
  );
}

const drainMsMax = 5_000;
