/** A reader's request: its tenant, its parameters, and a signal that aborts when the client leaves. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal, tenantOf } from '#model';

export interface Asked {
  readonly tenant: string;
  readonly params: URLSearchParams;
  readonly signal: AbortSignal;
  /** Aborts the signal for a reason of the answer's own. */
  readonly stop: (reason: Refusal) => void;
}

/** Runs `answer`; if the client closes the connection before it is done, the signal aborts what it waits for. */
export async function asked<T>(
  client: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  answer: (asked: Asked) => Promise<T>,
): Promise<T> {
  const { request, reply } = client;
  const end = new AbortController();
  const leave = () => end.abort(new Refusal('the client closed the connection', { code: 'CANCELLED' }));
  reply.raw.once('close', leave);
  try {
    return await answer(new AskedRequest(request, end));
  } finally {
    reply.raw.off('close', leave);
  }
}

class AskedRequest implements Asked {
  readonly tenant: string;
  readonly signal: AbortSignal;
  readonly stop: Asked['stop'];
  readonly #request: FastifyRequest;

  constructor(request: FastifyRequest, end: AbortController) {
    this.tenant = tenantOf(request.headers['x-scope-orgid']);
    this.signal = end.signal;
    this.stop = (reason) => end.abort(reason);
    this.#request = request;
  }

  /** The prototype's, so that a copy of what was asked does not read them for nobody. */
  get params(): URLSearchParams {
    return paramsOf(this.#request);
  }
}

function paramsOf(request: FastifyRequest): URLSearchParams {
  const url = request.raw.url ?? '';
  const at = url.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
}
