/**
 * Tempo's HTTP API at `/tempo/api/*`, for Grafana's Tempo data source: parameters in, Tempo's JSON (and for a trace
 * OTLP's protobuf) out, errors as plain text. Source: Tempo's docs/sources/tempo/api_docs and tempopb.
 * Refuses to know how traces are found and series are computed.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '#model';
import { readTrace } from '#query/traces';
import type { Asked } from '../asked.ts';
import { createAsking } from '../asking.ts';
import { answerUnknown } from '../refused.ts';
import { createSlots } from '../slots.ts';
import { answerError, refuse } from './answers.ts';
import type { TempoDeps } from './deps.ts';
import { instantSeries, rangeSeries } from './metrics.ts';
import { groupedSpans, type ResourceGroup, resourceSpansJson, traceProtobuf, traceResponseProtobuf } from './otlp.ts';
import { traceIdParam } from './params.ts';
import { searchTempo } from './search.ts';
import { plainTags, plainValues, scopedTags, typedValues } from './tags.ts';

export type { TempoDeps } from './deps.ts';

type Path = Readonly<Record<string, string>>;
type Handler = (asked: Asked, path: Path, client: Client) => Promise<unknown>;

interface Client {
  readonly wantsProtobuf: boolean;
  readonly reply: FastifyReply;
}

/** The Tempo whose API we speak: Grafana decides by this version what it may ask. */
const tempoSpoken = '2.9.0';

/** A Fastify plugin. Slots are its own: at most `limits.concurrencyMax` questions of this API run at once. */
export function tempoRoutes(deps: TempoDeps) {
  const { limits, clock } = deps;
  const asking = createAsking({ api: 'tempo', slots: createSlots({ ...limits, clock }), limits, clock });

  return async function tempoPlugin(app: FastifyInstance): Promise<void> {
    await app.register(
      async (scope) => {
        scope.setErrorHandler(answerError);
        answerUnknown(scope, (refused, _, reply) => refuse(refused, reply));
        const get = (path: string, handle: Handler) =>
          scope.get<{ Params: Path }>(path, (request: FastifyRequest<{ Params: Path }>, reply: FastifyReply) =>
            asking({ request, reply }, (question) => {
              const wantsProtobuf = /application\/protobuf/i.test(request.headers.accept ?? '');
              return handle(question, request.params, { wantsProtobuf, reply });
            }),
          );
        scope.get('/echo', async (_, reply) => reply.type('text/plain; charset=utf-8').send('echo'));
        scope.get('/status/buildinfo', async () => buildInfo(deps.version));
        get('/traces/:id', (asked, path, client) => trace(deps, asked, path.id ?? '', client));
        get('/v2/traces/:id', (asked, path, client) => traceV2(deps, asked, path.id ?? '', client));
        get('/search', (asked) => searchTempo(deps, asked));
        get('/search/tags', (asked) => plainTags(deps, asked));
        get('/v2/search/tags', (asked) => scopedTags(deps, asked));
        get('/search/tag/:name/values', (asked, path) => plainValues(deps, asked, path.name ?? ''));
        get('/v2/search/tag/:name/values', (asked, path) => typedValues(deps, asked, path.name ?? ''));
        get('/metrics/query_range', (asked) => rangeSeries(deps, asked));
        get('/metrics/query', (asked) => instantSeries(deps, asked));
      },
      { prefix: '/tempo/api' },
    );
  };
}

const buildInfo = (revision: string): object => ({
  version: tempoSpoken,
  revision,
  branch: 'farol',
  buildDate: '',
  buildUser: 'farol',
  goVersion: '',
});

/** Times are not asked about: a trace is given whole, wherever its spans lie. */
async function storedTrace(deps: TempoDeps, { tenant, signal }: Asked, id: string) {
  const traceId = traceIdParam(id);
  const stored = await readTrace(deps.ask, { tenant, traceId, spansMax: deps.limits.spansPerTraceMax, signal });
  if (stored.spans.length === 0) throw new Refusal('trace not found', { code: 'NOT_FOUND' });
  const partial = stored.truncated
    ? `the trace has more than ${stored.spans.length} spans (limits.query.spansPerTraceMax); the earliest are given`
    : undefined;
  return { groups: groupedSpans(stored.spans), partial };
}

async function trace(deps: TempoDeps, asked: Asked, id: string, client: Client): Promise<unknown> {
  const { groups } = await storedTrace(deps, asked, id);
  if (client.wantsProtobuf) return protobuf(client, traceProtobuf(groups));
  return { batches: resourceSpansJson(groups) };
}

async function traceV2(deps: TempoDeps, asked: Asked, id: string, client: Client): Promise<unknown> {
  const { groups, partial } = await storedTrace(deps, asked, id);
  if (client.wantsProtobuf) return protobuf(client, traceResponseProtobuf(groups, partial));
  return traceJson(groups, partial);
}

const traceJson = (groups: readonly ResourceGroup[], partial: string | undefined): object => ({
  trace: { resourceSpans: resourceSpansJson(groups) },
  metrics: {},
  ...(partial !== undefined && { status: 'PARTIAL', message: partial }),
});

function protobuf({ reply }: Client, bytes: Buffer): Buffer {
  reply.type('application/protobuf');
  return bytes;
}
