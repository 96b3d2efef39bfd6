/**
 * Farol's own HTTP API, `/api/*`: parameters in, the contract's JSON out, and its description at `/api/openapi.json`.
 * Refuses to know how an answer is found: it hands the question to a query room, with functions it was given.
 */
import type { FastifyInstance } from 'fastify';
import { asked } from '../asked.ts';
import type { NativeDeps } from './deps.ts';
import { answerError } from './errors.ts';
import { openApi } from './openapi.ts';
import { routes } from './routes.ts';

export type { NativeDeps } from './deps.ts';

/** A Fastify plugin. */
export function nativeRoutes(deps: NativeDeps) {
  const description = openApi(deps.version);
  return async function nativePlugin(app: FastifyInstance): Promise<void> {
    app.setErrorHandler(answerError);
    app.get('/api/openapi.json', async () => description);
    for (const { path, handle } of routes) {
      app.get<{ Params: Record<string, string> }>(path.replaceAll(/\{(\w+)\}/g, ':$1'), (request, reply) =>
        asked({ request, reply }, (question) => handle(deps, question, request.params)),
      );
    }
  };
}
