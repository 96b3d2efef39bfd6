/**
 * Jaeger's query API at `/jaeger/api/*`, for Grafana's Jaeger data source and whoever else reads Jaeger's JSON.
 * Refuses to know how spans are found: it translates questions and answers.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '#model';
import { dependencyLinks, type NamesQuestion, operationsOf, readTrace, tracedServices } from '#query/traces';
import { type Asked, asked } from '../asked.ts';
import { answerError, envelope } from './answers.ts';
import type { JaegerDeps } from './deps.ts';
import { type JaegerTrace, jaegerTrace } from './model.ts';
import { limitParam, traceIdParam } from './params.ts';
import { searchJaeger } from './search.ts';

export type { JaegerDeps } from './deps.ts';

const dayMs = 86_400_000;
/** Names are looked for as far back as traces are usually kept; an hour ahead for clocks that run fast. */
const namesBackMs = 7 * dayMs;
const aheadMs = 3_600_000;

/** A Fastify plugin. */
export function jaegerRoutes(deps: JaegerDeps) {
  type Path = Record<string, string>;
  type Handler = (question: Asked, path: Path) => Promise<unknown>;

  return async function jaegerPlugin(app: FastifyInstance): Promise<void> {
    await app.register(
      async (scope) => {
        scope.setErrorHandler(answerError);
        const get = (path: string, handle: Handler) =>
          scope.get<{ Params: Path }>(path, (request: FastifyRequest<{ Params: Path }>, reply: FastifyReply) =>
            asked({ request, reply }, (question) => handle(question, request.params)),
          );
        get('/services', (question) => services(deps, question));
        get('/operations', (question) => operations(deps, question));
        get('/services/:service/operations', (question, path) => serviceOperations(deps, question, path.service ?? ''));
        get('/traces', async (question) => envelope(await searchJaeger(deps, question)));
        get('/traces/:id', (question, path) => trace(deps, question, path.id ?? ''));
        get('/dependencies', (question) => dependencies(deps, question));
      },
      { prefix: '/jaeger/api' },
    );
  };
}

function namesQuestion({ clock }: JaegerDeps, { tenant, signal }: Asked): NamesQuestion {
  const nowMs = clock.nowMs();
  return { tenant, signal, startMs: Math.max(0, nowMs - namesBackMs), endMs: nowMs + aheadMs };
}

async function services(deps: JaegerDeps, question: Asked) {
  const names = await tracedServices(deps.ask, namesQuestion(deps, question));
  return envelope(names, names.length);
}

async function operations(deps: JaegerDeps, question: Asked) {
  const service = question.params.get('service') ?? '';
  if (service === '') throw new Refusal("parameter 'service' is required", { code: 'BAD_REQUEST' });
  const kind = question.params.get('spanKind') ?? '';
  const found = await operationsOf(deps.ask, { ...namesQuestion(deps, question), service, kind });
  return envelope(
    found.map(({ name, kind }) => ({ name, spanKind: kind === 'unspecified' ? '' : kind })),
    found.length,
  );
}

async function serviceOperations(deps: JaegerDeps, question: Asked, service: string) {
  const found = await operationsOf(deps.ask, { ...namesQuestion(deps, question), service });
  const names = [...new Set(found.map(({ name }) => name))];
  return envelope(names, names.length);
}

/** Unknown is 404: Grafana reads `data[0]` of anything that is 200. */
async function trace(deps: JaegerDeps, { tenant, signal }: Asked, id: string) {
  const traceId = traceIdParam(id);
  const stored = await readTrace(deps.ask, { tenant, traceId, spansMax: deps.limits.spansPerTraceMax, signal });
  if (stored.spans.length === 0) throw new Refusal('trace not found', { code: 'NOT_FOUND' });
  const warnings = stored.truncated
    ? [`the trace has more than ${stored.spans.length} spans; the earliest are given`]
    : [];
  const answer: JaegerTrace = jaegerTrace(traceId, stored.spans, warnings);
  return envelope([answer]);
}

async function dependencies(deps: JaegerDeps, { tenant, params, signal }: Asked) {
  const endMs = millisOf(params, 'endTs', deps.clock.nowMs());
  const lookbackMs = millisOf(params, 'lookback', dayMs);
  const links = await dependencyLinks(deps.ask, { tenant, startMs: Math.max(0, endMs - lookbackMs), endMs, signal });
  const limit = limitParam(params, { fallback: 10_000, max: 10_000 });
  const data = links.slice(0, limit).map(({ parent, child, calls }) => ({ parent, child, callCount: calls }));
  return envelope(data, data.length);
}

function millisOf(params: URLSearchParams, name: string, fallback: number): number {
  const given = params.get(name);
  if (given === null || given === '') return fallback;
  if (!/^\d{1,13}$/.test(given)) {
    throw new Refusal(`unable to parse param '${name}': ${JSON.stringify(given.slice(0, 80))} is not milliseconds`, {
      code: 'BAD_REQUEST',
    });
  }
  return Number(given);
}
