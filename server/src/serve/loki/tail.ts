/** tail: lines over WebSocket as they become durable, after the newest of the past. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal, tenantOf } from '#model';
import type { LogFilter } from '#query/logql';
import type { Tail } from '#query/streams';
import { isOwnOrigin } from '../guard.ts';
import { failWith } from './answers.ts';
import type { LokiDeps } from './deps.ts';
import { bad, limitParam, type Params, paramsOf, rangeParam } from './params.ts';
import { isCategorized } from './queries.ts';
import { TailSession } from './tailsession.ts';

export interface TailQuestion {
  readonly tenant: string;
  readonly text: string;
  readonly filter: LogFilter;
  readonly limit: number;
  readonly startNs: bigint;
  readonly delayMs: number;
  readonly categorized: boolean;
  /** Waits since before the past is asked for, so that no line falls between the two. */
  readonly tail: Tail;
}

export function tailRoutes(scope: FastifyInstance, deps: LokiDeps): void {
  const opened = new WeakMap<FastifyRequest, TailQuestion>();
  scope.route({
    method: 'GET',
    url: '/tail',
    // Before the handshake, so that what is wrong is told with a status.
    preValidation: async (request) => {
      if (!request.ws) return;
      const question = questionOf(request, deps);
      request.raw.socket.once('close', () => question.tail[Symbol.dispose]());
      opened.set(request, question);
    },
    handler: async (_, reply) => failWith(reply, { status: 400, message: 'Bad Request: tail speaks WebSocket only' }),
    wsHandler: (socket, request) => {
      const question = opened.get(request);
      if (question === undefined) throw new TypeError('preValidation opens a tail for every WebSocket');
      // It ends with its socket, and tells the client itself why it ends sooner.
      void new TailSession(socket, question, deps).run();
    },
  });
}

function questionOf(request: FastifyRequest, deps: LokiDeps): TailQuestion {
  if (!isOwnOrigin(request)) throw new Refusal('a page of another origin may not tail', { code: 'FORBIDDEN' });
  const params = paramsOf(request);
  const tenant = tenantOf(request.headers['x-scope-orgid']);
  const text = params.first('query');
  const filter = deps.logql.filter(text);
  const limit = Math.min(limitParam(params), deps.limits.logRowsMax);
  const { startNs } = rangeParam(params, deps.clock.nowMs());
  const delayMs = delayParam(params, deps.tailLimits.delaySecondsMax) * 1000;
  const tail = deps.tails.open({ tenant, matchers: filter.matchers });
  return { tenant, text, filter, limit, startNs, delayMs, categorized: isCategorized(request), tail };
}

function delayParam(params: Params, secondsMax: number): number {
  const text = params.first('delay_for');
  if (text === '') return 0;
  if (!/^\d{1,9}$/.test(text)) throw bad(`delay_for ${JSON.stringify(text.slice(0, 40))} is not a number of seconds`);
  if (Number(text) > secondsMax) throw bad(`delay_for can't be greater than ${secondsMax}`);
  return Number(text);
}
