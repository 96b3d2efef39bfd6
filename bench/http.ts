/**
 * Asks over kept connections and measures how long the whole answer took. The client stands in every figure, so it is
 * undici without its streams: Node's own client takes longer than the servers do over a small question.
 */
import { Agent, type Dispatcher } from 'undici';

export interface TimedAnswer {
  readonly status: number;
  readonly body: Buffer;
  readonly ms: number;
}

/** No deadlines: what a server takes is what is measured. */
const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, pipelining: 1 });

export function get(url: string): Promise<TimedAnswer> {
  return ask(url, { method: 'GET' });
}

export function postForm(url: string, form: Readonly<Record<string, string>>): Promise<TimedAnswer> {
  const body = Buffer.from(new URLSearchParams(form).toString());
  return post(url, body, { 'content-type': 'application/x-www-form-urlencoded' });
}

export function post(url: string, body: Buffer, headers: Readonly<Record<string, string>>): Promise<TimedAnswer> {
  return ask(url, { method: 'POST', body, headers });
}

function ask(url: string, message: Pick<Dispatcher.DispatchOptions, 'method' | 'body' | 'headers'>) {
  const { origin, pathname, search } = new URL(url);
  const beganMs = performance.now();
  return new Promise<TimedAnswer>((resolve, reject) => {
    let status = 0;
    const pieces: Buffer[] = [];
    agent.dispatch(
      { ...message, origin, path: `${pathname}${search}` },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_, code) => {
          status = code;
        },
        onResponseData: (_, piece) => {
          pieces.push(piece);
        },
        onResponseEnd: () => {
          const ms = performance.now() - beganMs;
          resolve({ status, body: Buffer.concat(pieces), ms });
        },
        onResponseError: (_, error) => reject(error),
      },
    );
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
