import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyPluginAsync } from 'fastify';
import { log } from '#kit';

const apiPrefixes = [
  '/api/',
  '/prometheus/',
  '/loki/',
  '/jaeger/',
  '/tempo/',
  '/alertmanager/',
  '/v1/',
  '/-/',
  '/assets/',
];

/** The built UI: hashed files are cached for good, every page address that is not an API's gets `index.html`. */
export function uiRoutes(dist: string): FastifyPluginAsync {
  return async (app) => {
    if (!existsSync(join(dist, 'index.html'))) {
      log.warn({ dist }, 'the UI is not built: `npm run build` builds it; the APIs work without it');
      return;
    }
    await app.register(fastifyStatic, {
      root: dist,
      wildcard: false,
      index: ['index.html'],
      cacheControl: false,
      setHeaders(reply, path) {
        reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
    app.get('/*', (request, reply) => {
      const path = request.url.split('?')[0] ?? '/';
      if (apiPrefixes.some((prefix) => path.startsWith(prefix))) return reply.callNotFound();
      return reply.header('cache-control', 'no-cache').sendFile('index.html');
    });
  };
}
