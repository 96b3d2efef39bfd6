/**
 * The Prometheus HTTP API at `/prometheus/api/v1/*` (writing excepted: that is `receive/prometheus`): parameters in,
 * Prometheus' JSON out, in its words and with its status codes; raw samples as protobuf for remote read.
 * Source: Prometheus' docs/querying/api.md and its OpenAPI.
 * Refuses to know how a question is answered, where series live, and how targets are scraped: it is given functions.
 */
import type { FastifyInstance } from 'fastify';
import { createAsking } from '../asking.ts';
import { takeAnyForm } from '../form.ts';
import { answerUnknown } from '../refused.ts';
import { createSlots } from '../slots.ts';
import { fail, refuse } from './answers.ts';
import type { PrometheusDeps } from './deps.ts';
import { labelRoutes } from './labels.ts';
import { queryRoutes } from './queries.ts';
import { readRoutes } from './read.ts';
import { ruleRoutes } from './rules.ts';
import { statusRoutes } from './status.ts';
import { targetMetadataRoute } from './targetmetadata.ts';

export type * from './deps.ts';

/** A Fastify plugin. Slots are its own: at most `limits.concurrencyMax` questions of this API run at once. */
export function prometheusRoutes(deps: PrometheusDeps) {
  const { limits, clock } = deps;
  const asking = createAsking({ api: 'prometheus', slots: createSlots({ ...limits, clock }), limits, clock });

  return async function prometheusPlugin(app: FastifyInstance): Promise<void> {
    await app.register(
      async (scope) => {
        takeAnyForm(scope, limits);
        scope.setErrorHandler((error, _, reply) => fail(error, reply));
        answerUnknown(scope, (refused, _, reply) => refuse(refused, reply));
        queryRoutes(scope, deps, asking);
        labelRoutes(scope, deps, asking);
        readRoutes(scope, deps, asking);
        ruleRoutes(scope, deps);
        statusRoutes(scope, deps, asking);
        targetMetadataRoute(scope, deps, asking);
      },
      { prefix: '/prometheus/api/v1' },
    );
  };
}
