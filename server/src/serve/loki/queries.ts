/** query, query_range, format_query. */
import { printExpr } from '@farol/logql';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '#model';
import type { LogqlAnswer } from '#query/logql';
import type { Asking } from '../asking.ts';
import { sendChunks } from '../json.ts';
import { sendData } from './answers.ts';
import type { LokiDeps } from './deps.ts';
import { bad, directionParam, limitParam, paramsOf, rangeParam, spanParam, stepParam, timeParam } from './params.ts';
import { answerBytesMin, answerChunks, categorizeLabels } from './values.ts';

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

export function queryRoutes(scope: FastifyInstance, deps: LokiDeps, asking: Asking): void {
  const { logql, clock, limits } = deps;
  const both = (url: string, handler: Handler) => scope.route({ method: ['GET', 'POST'], url, handler });

  both('/query', async (request, reply) => {
    const params = paramsOf(request);
    const question = {
      kind: 'instant' as const,
      text: params.first('query'),
      timeNs: timeParam(params, 'time', BigInt(Math.floor(clock.nowMs())) * 1_000_000n),
      limit: limitParam(params),
      direction: directionParam(params),
    };
    const answer = await asking({ request, reply }, (about) => logql.query({ ...question, ...about }));
    return sendAnswer({ request, reply, answer }, deps);
  });

  both('/query_range', async (request, reply) => {
    const params = paramsOf(request);
    const text = params.first('query');
    const range = rangeParam(params, clock.nowMs());
    const isLogs = logql.parse(text).kind === 'log';
    const question = {
      kind: 'range' as const,
      text,
      ...range,
      stepMs: isLogs ? 1000 : stepParam(params, range, limits),
      intervalMs: Math.max(0, spanParam(params, 'interval') ?? 0),
      limit: limitParam(params),
      direction: directionParam(params),
    };
    const answer = await asking({ request, reply }, (about) => logql.query({ ...question, ...about }));
    return sendAnswer({ request, reply, answer }, deps);
  });

  both('/format_query', async (request, reply) => {
    const text = paramsOf(request).first('query');
    if (text === '') throw bad('query is empty; give one to format');
    return sendData(reply, printExpr(logql.parse(text)));
  });
}

interface AnswerToSend {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly answer: LogqlAnswer;
}

function sendAnswer({ request, reply, answer }: AnswerToSend, { limits }: LokiDeps): FastifyReply {
  const bytes = answerBytesMin(answer.value);
  if (bytes > limits.answerBytesMax) {
    throw new Refusal(
      `the answer is over ${bytes} bytes, query.answerBytesMax is ${limits.answerBytesMax}; lower the limit, or aggregate`,
      { code: 'QUERY_TOO_LARGE' },
    );
  }
  return sendChunks(request, reply, answerChunks(answer, isCategorized(request)));
}

export function isCategorized(request: FastifyRequest): boolean {
  const flags = String(request.headers['x-loki-response-encoding-flags'] ?? '');
  return flags.split(',').some((flag) => flag.trim() === categorizeLabels);
}
