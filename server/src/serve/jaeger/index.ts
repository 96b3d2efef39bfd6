/**
 * Jaeger's query API at `/jaeger/api/*`, for Grafana's Jaeger data source and whoever else reads Jaeger's JSON.
 * Refuses to know how spans are found: it translates questions and answers.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '#model';
import {
  type NamesQuestion,
  operationsOf,
  readTrace,
  type StoredSpan,
  storedSpanOf,
  tracedServices,
} from '#query/traces';
import type { Asked } from '../asked.ts';
import { createAsking } from '../asking.ts';
import { answerUnknown } from '../refused.ts';
import { createSlots } from '../slots.ts';
import { answerError, envelope, refuse } from './answers.ts';
import { dependenciesOf } from './dependencies.ts';
import type { JaegerDeps } from './deps.ts';
import { metricFamily, minStepMs } from './metrics.ts';
import { type JaegerTrace, jaegerTrace } from './model.ts';
import { boolParam, millisParam, traceIdParam } from './params.ts';
import { searchJaeger } from './search.ts';

export type { JaegerDeps } from './deps.ts';

const dayMs = 86_400_000;
/** Names are looked for an hour ahead too, for clocks that run fast. */
const aheadMs = 3_600_000;

/** A Fastify plugin. Slots are its own: at most `limits.concurrencyMax` questions of this API run at once. */
export function jaegerRoutes(deps: JaegerDeps) {
  const { limits, clock } = deps;
  const asking = createAsking({ api: 'jaeger', slots: createSlots({ ...limits, clock }), limits, clock });
  type Path = Record<string, string>;
  type Handler = (question: Asked, path: Path) => Promise<unknown>;

  return async function jaegerPlugin(app: FastifyInstance): Promise<void> {
    await app.register(
      async (scope) => {
        scope.setErrorHandler(answerError);
        answerUnknown(scope, (refused, _, reply) => refuse(refused, reply));
        const get = (path: string, handle: Handler) =>
          scope.get<{ Params: Path }>(path, (request: FastifyRequest<{ Params: Path }>, reply: FastifyReply) =>
            asking({ request, reply }, (question) => handle(question, request.params)),
          );
        get('/services', (question) => services(deps, question));
        get('/operations', (question) => operations(deps, question));
        get('/services/:service/operations', (question, path) => serviceOperations(deps, question, path.service ?? ''));
        get('/traces', (question) => search(deps, question));
        get('/traces/:id', (question, path) => trace(deps, question, path.id ?? ''));
        get('/dependencies', (question) => dependencies(deps, question));
        for (const kind of ['latencies', 'calls', 'errors'] as const) {
          get(`/metrics/${kind}`, (question) => metricFamily(kind, deps, question));
        }
        get('/metrics/minstep', async () => envelope(minStepMs));
        takeAnyBody(scope, deps.otlp.bytesMax);
        scope.post('/transform', async (request) => transform(deps, request.body));
        scope.post('/archive/:id', async () => noArchive(deps));
      },
      { prefix: '/jaeger/api' },
    );
  };
}

/** OTLP is read by its own decoder, whatever the sender calls it. */
function takeAnyBody(scope: FastifyInstance, bodyLimit: number): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_, body, done) => done(null, body));
}

function namesQuestion({ clock, retentionMs }: JaegerDeps, { tenant, signal }: Asked): NamesQuestion {
  const nowMs = clock.nowMs();
  return { tenant, signal, startMs: Math.max(0, nowMs - retentionMs), endMs: nowMs + aheadMs };
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

async function search(deps: JaegerDeps, question: Asked) {
  const { traces, missing } = await searchJaeger(deps, question);
  const errors = missing.map((traceID) => ({ msg: 'trace not found', traceID }));
  return { ...envelope(traces), errors: errors.length > 0 ? errors : null };
}

/** Unknown is 404: Grafana reads `data[0]` of anything that is 200. */
async function trace(deps: JaegerDeps, { tenant, params, signal }: Asked, id: string) {
  const traceId = traceIdParam(id);
  const raw = boolParam(params, 'raw');
  const stored = await readTrace(deps.ask, { tenant, traceId, spansMax: deps.limits.spansPerTraceMax, signal });
  if (stored.spans.length === 0) throw new Refusal('trace not found', { code: 'NOT_FOUND' });
  const warnings = stored.truncated
    ? [`the trace has more than ${stored.spans.length} spans; the earliest are given`]
    : [];
  const answer: JaegerTrace = jaegerTrace(traceId, stored.spans, { warnings, raw });
  return envelope([answer]);
}

async function dependencies(deps: JaegerDeps, { tenant, params, signal }: Asked) {
  const endMs = millisParam(params, 'endTs', deps.clock.nowMs());
  const lookbackMs = millisParam(params, 'lookback', dayMs);
  const service = params.get('service') ?? '';
  const links = await dependenciesOf(deps, { tenant, startMs: Math.max(0, endMs - lookbackMs), endMs, signal });
  const data = links
    .filter(({ parent, child }) => service === '' || parent === service || child === service)
    .map(({ parent, child, calls }) => ({ parent, child, callCount: calls }));
  return envelope(data, data.length);
}

/** OTLP JSON, given back as Jaeger's UI reads it; nothing is stored. */
function transform({ otlp }: JaegerDeps, body: unknown) {
  const rows = otlp.read(Buffer.isBuffer(body) ? body : Buffer.alloc(0));
  const byTrace = new Map<string, StoredSpan[]>();
  for (const row of rows) {
    const spans = byTrace.get(row.traceId) ?? [];
    spans.push(storedSpanOf(row));
    byTrace.set(row.traceId, spans);
  }
  return envelope([...byTrace].map(([traceId, spans]) => jaegerTrace(traceId, spans, { raw: true })));
}

function noArchive({ retentionMs }: JaegerDeps): never {
  throw new Refusal(
    `archive span storage was not configured: Farol keeps every trace for ${Math.round(retentionMs / dayMs)} days ` +
      "(--retention-traces); raise that, or save the trace's JSON",
    { code: 'UNSUPPORTED' },
  );
}
