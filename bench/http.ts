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
  const body = Buffer.from(new URLSearchParams(form).toString());
  return post(url, body, { 'content-type': 'application/x-www-form-urlencoded' });
}

export function post(url: string, body: Buffer, headers: Readonly<Record<string, string>>): Promise<TimedAnswer> {
  return ask(url, 'POST', body, headers);
}

function ask(url: string, method: string, body?: Buffer, given?: Readonly<Record<string, string>>) {
  const headers = { ...given, ...(body && { 'content-length': body.length }) };
  const beganMs = performance.now();
  return new Promise<TimedAnswer>((resolve, reject) => {
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
  return JSON.parse((await getOk(url)).body.toString()) as T;
}

/** What a question answered 200 to; anything else is said with the answer's own words. */
export async function getOk(url: string): Promise<TimedAnswer> {
  const answer = await get(url);
  if (answer.status !== 200)
    throw new Error(`${url} answered ${answer.status}: ${answer.body.toString().slice(0, 500)}`);
  return answer;
}

/** The sorted middle; the mean of the two middles when there are two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? (sorted[half] ?? 0) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}
