/**
 * Series as remote read streams them (STREAMED_XOR_CHUNKS): frames of `prometheus.ChunkedReadResponse`, each of one
 * series, behind its length and its CRC-32C. Source: Prometheus' prompb/remote.proto, docs/querying/remote_read_api.md.
 * Refuses to know where series come from, and who waits for the frames.
 */
import { ProtoWriter } from '#kit';
import type { SeriesColumns } from '#model';
import { crc32c } from './crc32c.ts';
import { type Chunk, chunksOf } from './series.ts';

/** Prometheus' own bound (`--storage.remote.read-max-bytes-in-frame`); the last chunk may reach past it. */
const frameBytesMax = 1024 * 1024;

/** Frames of one series; `queryIndex` says which query of the request they answer. A chunk makes `undefined`, a frame its bytes. */
export function* framesOf(series: SeriesColumns, queryIndex: number): Generator<Buffer | undefined> {
  let chunks: Chunk[] = [];
  let bytes = labelBytes(series);
  for (const chunk of chunksOf(series)) {
    chunks.push(chunk);
    bytes += chunk.data.length + chunkHeadBytes;
    yield undefined;
    if (bytes < frameBytesMax) continue;
    yield frame(series, chunks, queryIndex);
    chunks = [];
    bytes = labelBytes(series);
  }
  if (chunks.length > 0) yield frame(series, chunks, queryIndex);
}

/** Two times, the encoding and the lengths, about. */
const chunkHeadBytes = 24;

function labelBytes({ labels }: SeriesColumns): number {
  return labels.reduce((sum, text) => sum + Buffer.byteLength(text) + 3, 0);
}

function frame({ labels }: SeriesColumns, chunks: readonly Chunk[], queryIndex: number): Buffer {
  const message = new ProtoWriter().message(1, (series) => {
    for (let i = 0; i < labels.length; i += 2)
      series.message(1, (label) => label.text(1, labels[i] ?? '').text(2, labels[i + 1] ?? ''));
    for (const { minMs, maxMs, encoding, data } of chunks)
      series.message(2, (chunk) => chunk.varint(1, minMs).varint(2, maxMs).varint(3, encoding).bytes(4, data));
  });
  if (queryIndex > 0) message.varint(2, queryIndex);
  return delimited(message.finish());
}

function delimited(message: Buffer): Buffer {
  const head: number[] = [];
  let length = message.length;
  for (; length >= 0x80; length >>>= 7) head.push((length & 0x7f) | 0x80);
  head.push(length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32c(message));
  return Buffer.concat([Buffer.from(head), sum, message]);
}
