/**
 * The body of a request: the text of a query, or the data of an INSERT, which goes to a file as it arrives. chDB reads
 * that file with FROM INFILE; data inside a query's text would be cut at its first empty line.
 */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { failure } from './failure.ts';
import type { QueryRequest } from './request.ts';
import { type DataInsert, readDataInsert } from './statement.ts';

const bodyLimits = {
  queryBytesMax: 64 * 1024 * 1024,
  insertBytesMax: 4 * 1024 * 1024 * 1024,
  /** An INSERT shows its FORMAT within this much of its text. */
  insertHeadBytes: 64 * 1024,
};

export type Input =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'data'; readonly insert: DataInsert; readonly file: SpoolFile };

interface SpoolFile extends AsyncDisposable {
  readonly path: string;
  readonly bytes: number;
}

/** Throws QUERY_IS_TOO_LARGE, SYNTAX_ERROR (a text that is not UTF-8), or what the client's connection failed with. */
export async function readInput(request: IncomingMessage, query: QueryRequest, spoolDir: string): Promise<Input> {
  if (request.headers['content-type']?.startsWith('multipart/form-data')) return readMultipart(request, query);
  const chunks = decoded(request)[Symbol.asyncIterator]();
  if (query.query !== '') {
    const insert = readDataInsert(query.query);
    if (insert) return spool(insert, Buffer.from(query.query.slice(insert.dataStart)), chunks, spoolDir);
  }
  return readTextOrInsert(query, chunks, spoolDir);
}

async function readTextOrInsert(query: QueryRequest, chunks: AsyncIterator<Buffer>, spoolDir: string): Promise<Input> {
  const parts: Buffer[] = query.query === '' ? [] : [Buffer.from(`${query.query}\n`)];
  let bytes = 0;
  let looked = false;
  for (let chunk = await chunks.next(); !chunk.done; chunk = await chunks.next()) {
    parts.push(chunk.value);
    bytes += chunk.value.length;
    if (bytes > bodyLimits.queryBytesMax) throw tooLarge('query text', bodyLimits.queryBytesMax);
    if (looked || bytes < bodyLimits.insertHeadBytes) continue;
    looked = true;
    const insert = insertIn(Buffer.concat(parts), { whole: false });
    if (insert) return spool(insert.statement, insert.data, chunks, spoolDir);
  }
  const body = Buffer.concat(parts);
  const insert = insertIn(body, { whole: true });
  if (insert) return spool(insert.statement, insert.data, chunks, spoolDir);
  return { kind: 'text', text: utf8(body) };
}

function insertIn(body: Buffer, { whole }: { whole: boolean }): { statement: DataInsert; data: Buffer } | undefined {
  // One character a byte, so that offsets in the text are offsets in the body.
  const text = body.toString('latin1');
  if (!/^(?:\s|--|\/|#|[iI])/.test(text)) return undefined;
  let statement: DataInsert | undefined;
  try {
    statement = readDataInsert(text);
  } catch (error) {
    // A text cut in the middle may end inside a quote; the whole of it is looked at again.
    if (whole) throw error;
    return undefined;
  }
  if (!statement) return undefined;
  const inUtf8 = (part: string) => utf8(Buffer.from(part, 'latin1'));
  return {
    statement: { ...statement, head: inUtf8(statement.head), tail: inUtf8(statement.tail) },
    data: body.subarray(statement.dataStart),
  };
}

async function spool(insert: DataInsert, first: Buffer, rest: AsyncIterator<Buffer>, dir: string): Promise<Input> {
  const path = join(dir, `${randomUUID()}.part`);
  let bytes = 0;
  async function* data(): AsyncGenerator<Buffer> {
    for (let chunk: Buffer | undefined = first; chunk; chunk = await nextOf(rest)) {
      bytes += chunk.length;
      if (bytes > bodyLimits.insertBytesMax) throw tooLarge('insert', bodyLimits.insertBytesMax);
      yield chunk;
    }
  }
  try {
    await pipeline(data(), createWriteStream(path, { mode: 0o600 }));
  } catch (error) {
    await rm(path, { force: true });
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      throw failure('NOT_ENOUGH_SPACE', `No space left for ${path}`);
    throw error;
  }
  return { kind: 'data', insert, file: { path, bytes, [Symbol.asyncDispose]: () => rm(path, { force: true }) } };
}

async function nextOf(chunks: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
  const { done, value } = await chunks.next();
  return done ? undefined : value;
}

/** `@clickhouse/client` sends long parameters as a form. */
async function readMultipart(request: IncomingMessage, query: QueryRequest): Promise<Input> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of decoded(request)) {
    bytes += chunk.length;
    if (bytes > bodyLimits.queryBytesMax) throw tooLarge('form', bodyLimits.queryBytesMax);
    parts.push(chunk);
  }
  const form = await new Response(Buffer.concat(parts), {
    headers: { 'content-type': request.headers['content-type'] ?? '' },
  })
    .formData()
    .catch((cause: unknown) => {
      throw failure('BAD_ARGUMENTS', `the multipart body cannot be read: ${String(cause)}`);
    });
  for (const [name, value] of form) {
    if (typeof value !== 'string') throw failure('NOT_IMPLEMENTED', 'external tables in a form are not available');
    if (name === 'query') query.query += value;
    else if (name.startsWith('param_')) query.parameters.set(name.slice('param_'.length), value);
  }
  return { kind: 'text', text: query.query };
}

function decoded(request: IncomingMessage): Readable {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  const decoder = decoderOf(encoding);
  if (!decoder) return request;
  request.on('error', (error) => decoder.destroy(error));
  request.on(
    'close',
    () => request.complete || decoder.destroy(new Error('the client left before its body was complete')),
  );
  return request.pipe(decoder);
}

function decoderOf(encoding: string) {
  switch (encoding) {
    case 'identity':
    case '':
      return undefined;
    case 'gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    case 'zstd':
      return createZstdDecompress();
    default:
      throw failure('NOT_IMPLEMENTED', `Unknown compression method: ${encoding}`);
  }
}

function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw Object.assign(failure('SYNTAX_ERROR', 'Syntax error: the query is not valid UTF-8'), { cause });
  }
}

function tooLarge(what: string, bytesMax: number): Error {
  return failure('QUERY_IS_TOO_LARGE', `The ${what} is larger than ${bytesMax} bytes`);
}
