/** A compressed body, inflated without ever holding more than is allowed, and without leaving its memory to the collector. */
import type { IncomingHttpHeaders } from 'node:http';
import { constants, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { type Limits, Refusal } from '#model';
import type { Lease } from './budget.ts';
import { largeBytesMin, type Queue } from './turns.ts';

// A zstd frame names the window it wants; RFC 8878 asks for 8 MiB, and the library's own bound is 128.
const zstdWindowBitsMax = 23;

const inflaters = {
  gzip: (chunkSize: number) => createGunzip({ chunkSize }),
  deflate: (chunkSize: number) => createInflate({ chunkSize }),
  zstd: (chunkSize: number) =>
    createZstdDecompress({ chunkSize, params: { [constants.ZSTD_d_windowLogMax]: zstdWindowBitsMax } }),
} as const;

export type Encoding = keyof typeof inflaters | 'identity';

/** The `Content-Encoding` as one we take, or a refusal that lists them. */
export function encodingOf(headers: IncomingHttpHeaders): Encoding {
  const given = String(headers['content-encoding'] ?? 'identity');
  const encoding = knownEncoding(given);
  if (encoding !== undefined) return encoding;
  throw new Refusal(
    `Content-Encoding ${JSON.stringify(given.slice(0, 40))} is not supported; send gzip, deflate, zstd or nothing`,
    { code: 'UNSUPPORTED_MEDIA_TYPE' },
  );
}

export function knownEncoding(name: string): Encoding | undefined {
  const encoding = name.trim().toLowerCase();
  if (encoding === '' || encoding === 'identity' || encoding === 'none') return 'identity';
  if (encoding === 'gzip' || encoding === 'deflate' || encoding === 'zstd') return encoding;
  return encoding === 'x-gzip' ? 'gzip' : undefined;
}

export interface InflateOptions {
  readonly limits: Limits['receive'];
  readonly lease: Lease;
  /** Bodies that turn out large wait here for their turn; most do not, and are inflated side by side. */
  readonly turns: Queue;
}

/** What is inflated in one go of a thread; most bodies are smaller than the first. */
const chunkBytes = { small: 16 * 1024, large: 64 * 1024 };

/**
 * Counts as it goes: a bomb stops at decodedBytesMax, or when the in-flight budget is spent. The result is freed when the
 * lease closes; nothing may look at it later.
 */
export async function inflate(body: Buffer, encoding: Encoding, options: InflateOptions): Promise<Buffer> {
  if (encoding === 'identity') return body;
  const { limits, lease, turns } = options;
  const inflater = inflaters[encoding](body.length < chunkBytes.small ? chunkBytes.small : chunkBytes.large);
  const pile = new Pile(limits.decodedBytesMax);
  let endTurn: (() => void) | undefined;
  lease.onClose(() => pile.free());
  inflater.end(body);
  try {
    for await (const chunk of inflater as AsyncIterable<Buffer>) {
      if (pile.size + chunk.length > limits.decodedBytesMax) throw tooLarge(limits.decodedBytesMax);
      lease.grow(chunk.length);
      pile.add(chunk);
      if (endTurn === undefined && pile.size >= largeBytesMin) endTurn = await turns.take(lease.who);
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(`body is not valid ${encoding} although it says so; send it whole`, {
      code: 'BAD_REQUEST',
      cause: error,
    });
  } finally {
    inflater.destroy();
    endTurn?.();
  }
  return pile.whole();
}

function tooLarge(max: number): Refusal {
  return new Refusal(`body inflates to more than ${max} bytes (limits.receive.decodedBytesMax); send smaller batches`, {
    code: 'BODY_TOO_LARGE',
  });
}

/** Chunks put one behind the other in a buffer of our own, which is given back at once and not when the collector comes. */
class Pile {
  size = 0;
  private first: Buffer | undefined;
  private buffer: Buffer | undefined;
  private readonly bytesMax: number;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  add(chunk: Buffer): void {
    if (this.size === 0) this.first = chunk;
    else {
      const room = this.roomFor(chunk.length);
      chunk.copy(room, this.size);
      this.size += chunk.length;
      giveBackWhole(chunk);
      return;
    }
    this.size = chunk.length;
  }

  /** Small bodies come in one chunk, which is used as it is. */
  whole(): Buffer {
    return this.buffer?.subarray(0, this.size) ?? this.first ?? Buffer.alloc(0);
  }

  free(): void {
    if (this.buffer !== undefined) giveBack(this.buffer);
    else if (this.first !== undefined) giveBackWhole(this.first);
    this.buffer = undefined;
    this.first = undefined;
  }

  private roomFor(bytes: number): Buffer {
    const { buffer, size } = this;
    if (buffer !== undefined && buffer.length >= size + bytes) return buffer;
    const grown = Buffer.allocUnsafeSlow(Math.min(this.bytesMax, Math.max(size * growth, size + bytes)));
    this.whole().copy(grown);
    this.free();
    this.buffer = grown;
    return grown;
  }
}

const growth = 4;

/** zlib goes on writing into a buffer that has room left; one that it has filled is nobody's but ours. */
function giveBackWhole(chunk: Buffer): void {
  if (chunk.length === chunk.buffer.byteLength) giveBack(chunk);
}

/** Detaching is the only way to give an ArrayBuffer's memory back at a time of one's own choosing. */
export function giveBack(buffer: Buffer): void {
  (buffer.buffer as ArrayBuffer).transfer(0);
}
