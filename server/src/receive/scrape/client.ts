/** HTTP towards targets and HTTP discovery: bounded in time and bytes, redirects watched, credentials kept at home. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { ReceiveBudget } from '../budget.ts';
import type { HttpClientConfig, TlsConfig } from './config/index.ts';

interface FetchRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** After decompression. */
  readonly bodyBytesMax: number;
  /** What the limit is called, for the message. */
  readonly limitName: string;
  readonly signal: AbortSignal;
}

interface FetchedBody {
  readonly contentType: string;
  /** Decompressed. */
  readonly body: Buffer;
}

interface FetchedText {
  readonly contentType: string;
  readonly text: string;
}

export interface Client extends Disposable {
  /** Rejects with an Error whose message is for `lastError`; with a BodyTooLarge past the limit. */
  fetchBody(request: FetchRequest): Promise<FetchedBody>;
  /** The same, and the body is UTF-8. */
  fetchText(request: FetchRequest): Promise<FetchedText>;
}

export class BodyTooLarge extends Error {}

const redirectsMax = 10;

export function createClient(config: HttpClientConfig, budget: ReceiveBudget): Client {
  const agents = {
    http: new http.Agent({ keepAlive: true }),
    https: new https.Agent({ keepAlive: true, ...tlsOptions(config.tls) }),
  };

  async function open(target: URL, request: FetchRequest, own: Record<string, string>): Promise<http.IncomingMessage> {
    let url = target;
    for (let hops = 0; ; hops++) {
      // Credentials stay with the host that the configuration names.
      const headers = { ...request.headers, ...(url.host === target.host ? own : {}) };
      const response = await get(url, headers, request.signal, agents);
      const next = response.headers.location;
      if (!config.followRedirects || next === undefined || !isRedirect(response.statusCode)) return response;
      response.destroy();
      if (hops === redirectsMax) throw new Error(`stopped after ${redirectsMax} redirects`);
      url = new URL(next, url);
      if (url.protocol !== 'http:' && url.protocol !== 'https:')
        throw new Error(`redirected to ${url.protocol}, which is not followed`);
    }
  }

  async function fetchBody(request: FetchRequest): Promise<FetchedBody> {
    const response = await open(new URL(request.url), request, await ownHeaders(config));
    if (response.statusCode !== 200) {
      response.destroy();
      throw new Error(`server returned HTTP status ${response.statusCode} ${response.statusMessage ?? ''}`.trimEnd());
    }
    const body = await readWhole(response, request, budget);
    return { contentType: response.headers['content-type'] ?? '', body };
  }

  return {
    fetchBody,
    async fetchText(request) {
      const { contentType, body } = await fetchBody(request);
      return { contentType, text: utf8(body) };
    },
    [Symbol.dispose]() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

function get(
  url: URL,
  headers: Record<string, string>,
  signal: AbortSignal,
  agents: { http: http.Agent; https: https.Agent },
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const [send, agent] = url.protocol === 'https:' ? [https.get, agents.https] : [http.get, agents.http];
    send(url, { headers, agent, signal }, resolve).on('error', (error) =>
      reject(signal.aborted ? signal.reason : error),
    );
  });
}

function isRedirect(status: number | undefined): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

async function readWhole(
  response: http.IncomingMessage,
  { bodyBytesMax, limitName, signal }: FetchRequest,
  budget: ReceiveBudget,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const lease = budget.lease();
  let bytes = 0;
  try {
    for await (const chunk of decoded(response) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > bodyBytesMax) {
        throw new BodyTooLarge(`body size limit exceeded: more than ${bodyBytesMax} bytes (${limitName})`);
      }
      lease.grow(chunk.length);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    lease.close();
    response.destroy();
  }
}

function decoded(response: http.IncomingMessage): Readable {
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return response;
  if (encoding !== 'gzip') throw new Error(`content encoding ${encoding} was not asked for`);
  const gunzip = createGunzip();
  response.on('error', (error) => gunzip.destroy(error));
  response.on('aborted', () => gunzip.destroy(new Error('the connection closed before the body was whole')));
  return response.pipe(gunzip);
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Throws an Error in words for `lastError`. */
export function utf8(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch (cause) {
    throw new Error('the body is not valid UTF-8', { cause });
  }
}

/** Credentials and configured headers. Files are read anew each time, so that a rotated secret works at once. */
async function ownHeaders({ basicAuth, authorization, headers }: HttpClientConfig): Promise<Record<string, string>> {
  const own: Record<string, string> = {};
  for (const [name, { values, files }] of headers) {
    own[name] = [...values, ...(await Promise.all(files.map(readSecret)))].join(', ');
  }
  if (basicAuth) {
    const username = basicAuth.usernameFile ? await readSecret(basicAuth.usernameFile) : basicAuth.username;
    const password = basicAuth.passwordFile ? await readSecret(basicAuth.passwordFile) : basicAuth.password;
    own.authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }
  if (authorization) {
    const { type, credentials, credentialsFile } = authorization;
    own.authorization = `${type} ${credentialsFile ? await readSecret(credentialsFile) : credentials}`.trim();
  }
  return own;
}

async function readSecret(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).trim();
}

function tlsOptions(tls: TlsConfig): https.AgentOptions {
  const read = (inline: string | undefined, file: string | undefined) => inline ?? (file && readFileSync(file, 'utf8'));
  return {
    ca: read(tls.ca, tls.caFile),
    cert: read(tls.cert, tls.certFile),
    key: read(tls.key, tls.keyFile),
    rejectUnauthorized: !tls.insecureSkipVerify,
    ...(tls.serverName !== undefined && { servername: tls.serverName }),
    ...(tls.minVersion && { minVersion: tls.minVersion }),
    ...(tls.maxVersion && { maxVersion: tls.maxVersion }),
  };
}
