/**
 * Farol's own HTTP API, `/api/*`: parameters in, the contract's JSON out, and its description at `/api/openapi.json`.
 * Refuses to know how an answer is found: it hands the question to a query room, with functions it was given.
 */
import type { FastifyInstance } from 'fastify';
import { asked } from '../asked.ts';
import { createAsking } from '../asking.ts';
import { createSlots } from '../slots.ts';
import type { NativeDeps } from './deps.ts';
import { answerError } from './errors.ts';
import { openApi } from './openapi.ts';
import { routes } from './routes.ts';

export type { NativeDeps } from './deps.ts';

/**
 * A Fastify plugin. Slots are its own: at most `limits.concurrencyMax` questions of this API run at once, and of them
 * `limits.sqlConcurrencyMax` in SQL, which may keep a reader of the store busy until its deadline.
 */
export function nativeRoutes(deps: NativeDeps) {
  const { limits, clock } = deps;
  const { sqlConcurrencyMax } = limits;
  const sqlSlots = createSlots({ ...limits, concurrencyMax: sqlConcurrencyMax, limit: 'sqlConcurrencyMax', clock });
  const asking = createAsking({ api: 'native', slots: createSlots({ ...limits, clock }), limits, clock });
  const queues = { none: asked, sql: createAsking({ api: 'sql', slots: sqlSlots, limits, clock }) };
  const description = openApi(deps.version);
  return async function nativePlugin(app: FastifyInstance): Promise<void> {
    app.setErrorHandler(answerError);
    app.get('/api/openapi.json', async () => description);
    for (const { path, handle, queue } of routes) {
      const ask = queue === undefined ? asking : queues[queue];
      app.get<{ Params: Record<string, string> }>(path.replaceAll(/\{(\w+)\}/g, ':$1'), (request, reply) =>
        ask({ request, reply }, (question) => handle(deps, question, request.params)),
      );
    }
  };
}
