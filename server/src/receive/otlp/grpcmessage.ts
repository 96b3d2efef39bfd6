/**
 * gRPC's framing of a unary call (github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md): one flag, the length in four
 * bytes, the message. The length is judged before the message is waited for.
 */
import type { IncomingHttpHeaders } from 'node:http2';
import { type Limits, Refusal } from '#model';
import { assertSize } from '../body.ts';
import { type Encoding, knownEncoding } from '../inflate.ts';

const prefixBytes = 5;

export interface Unframed {
  /** Whether the message is compressed; known when it has been read. */
  isCompressed: boolean;
}

/** The bytes of the only message of `stream`. Refuses none, a second one, one that ends early and one too large. */
export async function* unframe(
  stream: AsyncIterable<Buffer>,
  about: Unframed,
  limits: Limits['receive'],
): AsyncGenerator<Buffer> {
  let prefix: Buffer = Buffer.alloc(0);
  let left = -1;
  for await (const chunk of stream) {
    let bytes = chunk;
    if (left < 0) {
      prefix = Buffer.concat([prefix, chunk]);
      if (prefix.length < prefixBytes) continue;
      left = prefix.readUInt32BE(1);
      about.isCompressed = isCompressed(prefix[0] as number);
      assertSize(left, limits);
      bytes = prefix.subarray(prefixBytes);
    }
    left -= bytes.length;
    if (left < 0) throw broken('holds more than one message, or more than it says');
    if (bytes.length > 0) yield bytes;
  }
  if (left !== 0) throw broken(`is cut short: ${left < 0 ? 'its length' : `${left} bytes`} never came`);
}

function isCompressed(flag: number): boolean {
  if (flag > 1) throw broken(`starts with ${flag}, which is no gRPC flag`);
  return flag === 1;
}

/** What `grpc-encoding` says of compressed messages. */
export function grpcEncodingOf(headers: IncomingHttpHeaders): Encoding {
  const given = String(headers['grpc-encoding'] ?? 'identity');
  const encoding = knownEncoding(given);
  if (encoding !== undefined) return encoding;
  throw new Refusal(
    `grpc-encoding ${JSON.stringify(given.slice(0, 40))} is not supported; send gzip, deflate, zstd or identity`,
    { code: 'UNSUPPORTED_MEDIA_TYPE' },
  );
}

export function framed(message: Buffer): Buffer {
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

function broken(what: string): Refusal {
  return new Refusal(`gRPC frame ${what}; send one whole message a call`, { code: 'BAD_REQUEST' });
}
