/** Which methods an address takes, so that a wrong method is told apart from a wrong address (RFC 9110, 15.5.6). */
import type { Server } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Refused } from './refused.ts';

interface Route {
  readonly methods: readonly string[];
  readonly parts: readonly string[];
}

const routesOf = new WeakMap<Server, Route[]>();

/** Must run before the first route is registered. */
export function rememberRoutes(app: FastifyInstance): void {
  const routes: Route[] = [];
  routesOf.set(app.server, routes);
  app.addHook('onRoute', ({ method, url }) => {
    routes.push({ methods: [method].flat(), parts: url.split('/') });
  });
}

/** What a request for which there is no route is told: 405 with `Allow`, or 404, whose words begin as `unknown`. */
export function refusalOfUnknown(request: FastifyRequest, reply: FastifyReply, unknown = ''): Refused {
  const path = request.url.split('?')[0] ?? '';
  const methods = methodsAt(request.server.server, path);
  if (methods.length === 0) {
    return { message: `${unknown}there is no ${request.method} ${path}`, status: 404, code: 'NOT_FOUND' };
  }
  reply.header('allow', methods.join(', '));
  const asked = methods.filter((method) => method !== 'HEAD').join(' or ');
  const message = `${request.method} is not allowed on ${path}; send ${asked}`;
  return { message, status: 405, code: 'METHOD_NOT_ALLOWED' };
}

/** Addresses that end in `*` are nobody's: they answer what is not there. */
function methodsAt(server: Server, path: string): string[] {
  const parts = path.split('/');
  const fits = (route: Route) =>
    route.parts.length === parts.length &&
    route.parts.every((part, i) => part === parts[i] || (part.startsWith(':') && parts[i] !== ''));
  return [...new Set((routesOf.get(server) ?? []).filter(fits).flatMap(({ methods }) => methods))].sort();
}
