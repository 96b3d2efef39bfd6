/** ClickHouse's HTTP interface over a Database: one query a request, answers and errors as ClickHouse words them. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Input, readInput } from './body.ts';
import type { Database } from './database.ts';
import type { Block } from './execute.ts';
import { failure, failureOf, httpStatusOf } from './failure.ts';
import { contentTypeOf, isBlockwise } from './formats.ts';
import { bindParameters, stringLiteral } from './parameters.ts';
import { guardReader } from './readerguard.ts';
import { type QueryRequest, readRequest } from './request.ts';
import { type Run, run } from './run.ts';
import { readStatement } from './statement.ts';

export interface HttpOptions {
  readonly database: Database;
  readonly spoolDir: string;
}

export function createEngineServer(options: HttpOptions): Server {
  // Parameters travel in the URL; ClickHouse's own bound (http_max_uri_size) is 1 MiB, before escaping.
  const server = createServer({ maxHeaderSize: 4 * 1024 * 1024 }, (request, response) => {
    void handle(options, request, response);
  });
  // The one client is our own server on a private socket: idle connections may stay, a slow insert may take its time.
  server.keepAliveTimeout = 600_000;
  server.requestTimeout = 0;
  server.headersTimeout = 60_000;
  server.maxRequestsPerSocket = 0;
  return server;
}

async function handle(options: HttpOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '/').split('?')[0];
  const asksNothing = request.method === 'GET' && request.url === '/';
  if (path === '/ping' || path === '/replicas_status' || asksNothing) return void response.end('Ok.\n');
  if (path !== '/' && path !== '/query') {
    response.statusCode = 404;
    return void response.end(`There is no handle ${request.url}\n`);
  }
  const client = new AbortController();
  response.on('close', () => {
    if (!response.writableFinished)
      client.abort(failure('QUERY_WAS_CANCELLED', 'Query was cancelled: the client left'));
  });
  try {
    await answer(options, { request, response, signal: client.signal });
  } catch (thrown) {
    refuse(options, response, thrown);
  }
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
}

async function answer(options: HttpOptions, { request, response, signal }: Exchange): Promise<void> {
  const query = readRequest(request);
  response.setHeader('X-ClickHouse-Query-Id', query.queryId);
  const input = await readInput(request, query, options.spoolDir);
  if (input.kind === 'data') return insert(options, { query, input, response, signal });

  const bound = bindParameters(input.text, query.parameters);
  const text = query.reader ? guardReader(bound, options.database.fence, query.database) : bound;
  const statement = readStatement(text);
  // Without an HTTP session there is nothing a SET or USE could last for; ClickHouse accepts and forgets them.
  if (statement.verb === 'SET' || statement.verb === 'USE') {
    response.end();
    return;
  }
  const format = statement.format ?? query.defaultFormat;
  const answer = run(options.database, {
    ...runOf(query, signal),
    text,
    format,
    delivery: isBlockwise(format, statement) ? 'blocks' : 'whole',
  });
  await send(options, { response, answer, format, signal });
  if (/\bDATABASE\b/i.test(text) && !query.reader) await options.database.refreshFence();
}

function runOf(query: QueryRequest, signal: AbortSignal): Omit<Run, 'text' | 'format' | 'delivery'> {
  return {
    reader: query.reader,
    settings: query.settings,
    timeoutMs: query.timeoutMs,
    signal,
    ...(query.database !== undefined && { database: query.database }),
  };
}

interface Sending {
  readonly response: ServerResponse;
  readonly answer: AsyncGenerator<Block>;
  readonly format: string;
  readonly signal: AbortSignal;
}

/** The first block decides the status: what fails later can only break the answer off, with the reason at its end. */
async function send(options: HttpOptions, { response, answer, format, signal }: Sending): Promise<void> {
  const startedMs = performance.now();
  let rows = 0;
  let bytes = 0;
  for await (const block of answer) {
    rows += block.rows;
    bytes += block.bytes.length;
    if (!response.headersSent) {
      response.setHeader('Content-Type', contentTypeOf(format));
      response.setHeader('X-ClickHouse-Format', format);
      response.setHeader('X-ClickHouse-Exception-Tag', randomBytes(8).toString('hex'));
      response.setHeader('X-ClickHouse-Summary', summaryOf({ readRows: rows, readBytes: bytes, startedMs }));
      setCommonHeaders(options.database, response);
    }
    if (!response.write(block.bytes)) await once(response, 'drain', { signal });
  }
  response.end();
}

interface Insertion {
  readonly query: QueryRequest;
  readonly input: Extract<Input, { kind: 'data' }>;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
}

async function insert(options: HttpOptions, { query, input, response, signal }: Insertion): Promise<void> {
  await using file = input.file;
  if (query.reader) throw failure('READONLY', 'Cannot execute query in readonly mode');
  const { head, tail, format } = input.insert;
  const bound = [head, tail].map((part) => bindParameters(part, query.parameters));
  const text = `${bound[0]} FROM INFILE ${stringLiteral(file.path)} COMPRESSION 'none' ${bound[1]} FORMAT ${format}`;
  // From here on the rows are taken even if the client leaves: it will not know, and send them again with its token.
  const startedMs = performance.now();
  const stays = new AbortController().signal;
  let rows = 0;
  if (file.bytes > 0) {
    for await (const block of run(options.database, {
      ...runOf(query, stays),
      text,
      format: 'Null',
      delivery: 'whole',
    }))
      rows += block.rows;
  }
  if (signal.aborted) return;
  setCommonHeaders(options.database, response);
  response.setHeader('X-ClickHouse-Summary', summaryOf({ writtenRows: rows, writtenBytes: file.bytes, startedMs }));
  response.end();
}

function setCommonHeaders(database: Database, response: ServerResponse): void {
  response.setHeader('X-ClickHouse-Server-Display-Name', 'farol-engine');
  response.setHeader('X-ClickHouse-Timezone', database.timezone);
}

interface Counts {
  readonly readRows?: number;
  readonly readBytes?: number;
  readonly writtenRows?: number;
  readonly writtenBytes?: number;
  readonly startedMs: number;
}

function summaryOf(counts: Counts): string {
  return JSON.stringify({
    read_rows: String(counts.readRows ?? counts.writtenRows ?? 0),
    read_bytes: String(counts.readBytes ?? counts.writtenBytes ?? 0),
    written_rows: String(counts.writtenRows ?? 0),
    written_bytes: String(counts.writtenBytes ?? 0),
    total_rows_to_read: '0',
    result_rows: String(counts.readRows ?? counts.writtenRows ?? 0),
    result_bytes: String(counts.readBytes ?? counts.writtenBytes ?? 0),
    elapsed_ns: String(Math.round((performance.now() - counts.startedMs) * 1e6)),
  });
}

function refuse(options: HttpOptions, response: ServerResponse, thrown: unknown): void {
  if (response.destroyed) return;
  const error = failureOf(thrown);
  const message = `${error.message} (version ${options.database.version})\n`;
  if (response.headersSent) {
    breakOff(response, message);
    return;
  }
  response.statusCode = httpStatusOf(error.number);
  setCommonHeaders(options.database, response);
  response.setHeader('X-ClickHouse-Exception-Code', String(error.number));
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
  // The rest of a body nobody reads would block the connection; it is closed instead.
  if (!response.req.complete) response.setHeader('Connection', 'close');
  response.end(message);
}

/** ClickHouse's mark at the end of a broken answer (since 25.11), and then a connection that is not ended properly. */
function breakOff(response: ServerResponse, message: string): void {
  const tag = String(response.getHeader('X-ClickHouse-Exception-Tag'));
  const length = Buffer.byteLength(message);
  response.write(`\r\n__exception__\r\n${tag}\r\n${message}${length} ${tag}\r\n__exception__\r\n`, () =>
    response.destroy(),
  );
}
