/**
 * Loki's HTTP API at `/loki/api/v1/*` (pushing excepted: that is `receive/loki`): parameters in, Loki's JSON out, in its
 * words and with its status codes; and tails over WebSocket. Source: Loki's docs/sources/reference/loki-http-api.md.
 * Refuses to know how LogQL is evaluated and where lines are kept: it is given functions.
 */
import fastifyWebsocket from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import { createAsking } from '../asking.ts';
import { takeAnyForm } from '../form.ts';
import { sendJson } from '../json.ts';
import { answerUnknown } from '../refused.ts';
import { createSlots } from '../slots.ts';
import { fail, failWith } from './answers.ts';
import type { LokiDeps } from './deps.ts';
import { exploreRoutes } from './explore.ts';
import { labelRoutes } from './labels.ts';
import { queryRoutes } from './queries.ts';
import { tailRoutes } from './tail.ts';

export type * from './deps.ts';

/** A tail's client says nothing but goodbye. */
const saidBytesMax = 4096;

/** A Fastify plugin. Slots are its own: at most `limits.concurrencyMax` questions of this API run at once. */
export function lokiRoutes(deps: LokiDeps) {
  const { limits, clock } = deps;
  const asking = createAsking({ api: 'loki', slots: createSlots({ ...limits, clock }), limits, clock });

  return async function lokiPlugin(app: FastifyInstance): Promise<void> {
    app.get('/ready', async (_, reply) => {
      const reason = deps.whyNotReady();
      return reply
        .status(reason === undefined ? 200 : 503)
        .type('text/plain')
        .send(reason === undefined ? 'ready\n' : `${reason}\n`);
    });
    await app.register(
      async (scope) => {
        await scope.register(fastifyWebsocket, { options: { maxPayload: saidBytesMax } });
        takeAnyForm(scope, limits);
        scope.setErrorHandler((error, _, reply) => fail(error, reply));
        answerUnknown(scope, (refused, _, reply) => failWith(reply, refused));
        queryRoutes(scope, deps, asking);
        labelRoutes(scope, deps, asking);
        exploreRoutes(scope, deps, asking);
        tailRoutes(scope, deps);
        scope.get('/status/buildinfo', async (_, reply) => sendJson(reply, JSON.stringify(deps.buildInfo)));
      },
      { prefix: '/loki/api/v1' },
    );
  };
}
