/**
 * The Prometheus HTTP API at `/prometheus/api/v1/*` (writing excepted: that is `receive/prometheus`): parameters in,
 * Prometheus' JSON out, in its words and with its status codes. Source: Prometheus' docs/querying/api.md and its OpenAPI.
 * Refuses to know how a question is answered, where series live, and how targets are scraped: it is given functions.
 */
import type { FastifyInstance } from 'fastify';
import { fail, failWith } from './answers.ts';
import { createAsking } from './asking.ts';
import type { PrometheusDeps } from './deps.ts';
import { labelRoutes } from './labels.ts';
import { queryRoutes } from './queries.ts';
import { createSlots } from './slots.ts';
import { statusRoutes } from './status.ts';

export type * from './deps.ts';

/** A form around the longest query that is allowed, percent-encoded, with room for the other fields. */
const formBytesPerQueryByte = 4;

/** A Fastify plugin. Slots are its own: at most `limits.concurrencyMax` questions of this API run at once. */
export function prometheusRoutes(deps: PrometheusDeps) {
  const { limits, clock } = deps;
  const asking = createAsking({ slots: createSlots({ ...limits, clock }), limits, clock });

  return async function prometheusPlugin(app: FastifyInstance): Promise<void> {
    await app.register(
      async (scope) => {
        takeAnyForm(scope, limits.textBytesMax * formBytesPerQueryByte);
        scope.setErrorHandler((error, _, reply) => fail(error, reply));
        scope.setNotFoundHandler((request, reply) =>
          failWith(reply, {
            status: 404,
            type: 'not_found',
            message: `no such endpoint: ${request.method} ${request.url}`,
          }),
        );
        queryRoutes(scope, deps, asking);
        labelRoutes(scope, deps, asking);
        statusRoutes(scope, deps, asking);
      },
      { prefix: '/prometheus/api/v1' },
    );
  };
}

/** vmalert posts an empty body as JSON with its parameters in the URL, so the body's type decides nothing here. */
function takeAnyForm(scope: FastifyInstance, bodyLimit: number): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit }, (request, body, done) => {
    const isForm = /^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '');
    done(null, isForm ? body : '');
  });
}
