import type { FastifyInstance, FastifyRequest } from 'fastify';
import { histogram, type OpenWork, openWork } from '#kit';

/** Slower than this, or failed, and even a request that only brought telemetry is worth a span. */
const slowIngestMs = 1000;

const queryCharsMax = 2_000;

const ingestRoutes = ['/v1/', '/prometheus/api/v1/write', '/api/v1/write', '/loki/api/v1/push'];

const duration = histogram('http_server_request_duration_seconds', 'Duration of HTTP requests to Farol.', [
  'http_request_method',
  'http_route',
  'http_response_status_code',
]);

/** The UI's files are one route: each build names them anew. */
function routeOf(request: FastifyRequest): string {
  const route = request.routeOptions.url ?? '(none)';
  return route.startsWith('/assets/') ? '/assets/*' : route;
}

/** Our own requests, measured and traced with OpenTelemetry's names, as we would have others do. */
export function watchRequests(app: FastifyInstance): void {
  const open = new WeakMap<FastifyRequest, OpenWork>();
  app.addHook('onRequest', (request, reply, done) => {
    const route = routeOf(request);
    const unit = openWork(`${request.method} ${route}`, 'server', request.headers.traceparent?.toString());
    open.set(request, unit);
    // By it the asker finds what the answer cost (`/api/queries/{id}`), and later the trace.
    reply.header('server-timing', `traceparent;desc="${unit.traceparent}"`);
    unit.run(done);
  });
  // A body is read outside the context that the request began in.
  app.addHook('preHandler', (request, _reply, done) => {
    // `run` gives back what `done` does, which is nothing.
    const unit = open.get(request);
    if (unit) unit.run(done);
    else done();
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = routeOf(request);
    const labels = {
      http_request_method: request.method,
      http_route: route,
      http_response_status_code: String(reply.statusCode),
    };
    duration.observe(labels, reply.elapsedTime / 1000);
    const unit = open.get(request);
    unit?.set({
      'http.request.method': request.method,
      'http.route': route,
      'http.response.status_code': reply.statusCode,
      'url.path': request.url.split('?')[0] ?? '',
      'url.query': request.url.split('?')[1]?.slice(0, queryCharsMax) ?? '',
      'farol.tenant': request.headers['x-scope-orgid']?.toString() ?? 'main',
    });
    const failed = reply.statusCode >= 500;
    const quiet =
      ingestRoutes.some((prefix) => route.startsWith(prefix)) && !failed && reply.elapsedTime < slowIngestMs;
    unit?.end({ untold: quiet, ...(failed && { error: new Error(`HTTP ${reply.statusCode}`) }) });
  });
}
