/** Asks over one kept connection and measures how long the whole answer took. */
import { Agent, request } from 'node:http';

export interface TimedAnswer {
  readonly status: number;
  readonly body: Buffer;
  readonly ms: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: 4 });

export function get(url: string): Promise<TimedAnswer> {
  return ask(url, 'GET');
}

export function postForm(url: string, form: Readonly<Record<string, string>>): Promise<TimedAnswer> {
  return ask(url, 'POST', new URLSearchParams(form).toString());
}

function ask(url: string, method: string, body?: string): Promise<TimedAnswer> {
  const headers = body
    ? { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) }
    : {};
  const beganMs = performance.now();
  return new Promise((resolve, reject) => {
    const call = request(url, { method, agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks), ms: performance.now() - beganMs }),
      );
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end(body);
  });
}

export async function getJson<T>(url: string): Promise<T> {
  const { status, body } = await get(url);
  if (status !== 200) throw new Error(`GET ${url} answered ${status}: ${body.toString().slice(0, 500)}`);
  return JSON.parse(body.toString()) as T;
}

/** The sorted middle; the mean of the two middles when there are two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? (sorted[half] ?? 0) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}
