/** The only place that calls `fetch`. Answers are JSON; a refusal becomes an `ApiFailure` with the server's own words. */
export class ApiFailure extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'ApiFailure';
    this.status = status;
    this.code = code;
  }
}

/** Nobody answered, or somebody in front of Farol, or a Farol without its store: it will answer when it is back. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof ApiFailure)) return false;
  return error.status === 0 || error.code === 'STORE_DOWN' || (error.status >= 502 && error.message === '');
}

export type Params = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

const asked = new WeakMap<object, string>();

/** The id of the question an answer was given to, for the query inspector. */
export function askedIdOf(answer: object): string | undefined {
  return asked.get(answer);
}

export async function getJson<T>(path: string, params: Params, signal?: AbortSignal): Promise<T> {
  return answerOf<T>(await send(addressOf(path, params), { signal, headers: { accept: 'application/json' } }));
}

/** For questions too long for an address line. */
export async function postForm<T>(path: string, params: Params, signal?: AbortSignal): Promise<T> {
  const body = new URLSearchParams(queryOf(params));
  return answerOf<T>(await send(path, { method: 'POST', body, signal, headers: { accept: 'application/json' } }));
}

function addressOf(path: string, params: Params): string {
  const query = queryOf(params);
  return query === '' ? path : `${path}?${query}`;
}

/** The bare `fetch`, for a library that brings its own paths (the editor's completion). */
export function rawFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  return fetch(input, init);
}

function queryOf(params: Params): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    if (value === undefined || value === '') continue;
    if (typeof value === 'object') for (const item of value) query.append(key, item);
    else query.append(key, String(value));
  }
  return query.toString();
}

async function send(address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, init);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ApiFailure(0, 'UNREACHABLE', '');
  }
}

async function answerOf<T>(response: Response): Promise<T> {
  const text = await response.text();
  const body = parsed(text);
  if (response.ok && body !== undefined) {
    const id = /traceparent;desc="00-([0-9a-f]{32})-/.exec(response.headers.get('server-timing') ?? '')?.[1];
    if (id !== undefined && body !== null && typeof body === 'object') asked.set(body, id);
    return body as T;
  }
  throw failureOf(response.status, body ?? plainOf(response, text));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Loki and Tempo say what is wrong in plain words. */
function plainOf(response: Response, text: string): unknown {
  const plain = response.headers.get('content-type')?.startsWith('text/plain');
  return plain && !response.ok ? { error: text.trim() } : undefined;
}

// Farol's own errors, Prometheus' and Loki's have different shapes; each carries a sentence.
function failureOf(status: number, body: unknown): ApiFailure {
  if (body !== null && typeof body === 'object') {
    const record = body as Record<string, unknown>;
    const own = record.error;
    if (own !== null && typeof own === 'object') {
      const { code, message } = own as Record<string, unknown>;
      return new ApiFailure(status, String(code ?? status), String(message ?? ''));
    }
    if (typeof own === 'string') return new ApiFailure(status, String(record.errorType ?? status), own);
    if (typeof record.message === 'string') return new ApiFailure(status, String(status), record.message);
  }
  return new ApiFailure(status, status === 200 ? 'NOT_JSON' : String(status), '');
}
