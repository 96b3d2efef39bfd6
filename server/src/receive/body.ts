/** A request's body: read within its limits of size and time, and inflated without ever holding more than is allowed. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
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
  const { limits, clock, lease } = options;
  const declared = Number(headers['content-length'] ?? 0);
  if (declared > limits.bodyBytesMax) throw tooLarge(declared, limits.bodyBytesMax);
  const chunks: Buffer[] = [];
  let size = 0;
  await inTime(clock, limits.requestMsMax, async (isLate) => {
    // A refusal must still be answered on this connection, so leaving the loop must not destroy the stream.
    for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      if (isLate()) return;
      size += chunk.length;
      if (size > limits.bodyBytesMax) throw tooLarge(size, limits.bodyBytesMax);
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

function tooLarge(bytes: number, max: number): Refusal {
  return new Refusal(`body is ${bytes} bytes or more, limits.receive.bodyBytesMax is ${max}; send smaller batches`, {
    code: 'BODY_TOO_LARGE',
  });
}

const inflaters = { gzip: createGunzip, deflate: createInflate, zstd: createZstdDecompress } as const;

export type Encoding = keyof typeof inflaters | 'identity';

/** The `Content-Encoding` as one we take, or a refusal that lists them. */
export function encodingOf(headers: IncomingHttpHeaders): Encoding {
  const encoding = String(headers['content-encoding'] ?? 'identity')
    .trim()
    .toLowerCase();
  if (encoding === '' || encoding === 'identity' || encoding === 'none') return 'identity';
  if (encoding === 'gzip' || encoding === 'deflate' || encoding === 'zstd') return encoding;
  if (encoding === 'x-gzip') return 'gzip';
  throw new Refusal(
    `Content-Encoding ${JSON.stringify(encoding.slice(0, 40))} is not supported; send gzip, deflate, zstd or nothing`,
    { code: 'UNSUPPORTED_MEDIA_TYPE' },
  );
}

/** Inflates, counting as it goes: a bomb stops at decodedBytesMax, or when the in-flight budget is spent. */
export async function inflate(body: Buffer, encoding: Encoding, { limits, lease }: BodyOptions): Promise<Buffer> {
  if (encoding === 'identity') return body;
  const inflater = inflaters[encoding]();
  const chunks: Buffer[] = [];
  let size = 0;
  inflater.end(body);
  try {
    for await (const chunk of inflater as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limits.decodedBytesMax) {
        throw new Refusal(
          `body inflates to more than ${limits.decodedBytesMax} bytes (limits.receive.decodedBytesMax); send smaller batches`,
          { code: 'BODY_TOO_LARGE' },
        );
      }
      lease.grow(chunk.length);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(`body is not valid ${encoding} although Content-Encoding says so; send it whole`, {
      code: 'BAD_REQUEST',
      cause: error,
    });
  } finally {
    inflater.destroy();
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size);
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
