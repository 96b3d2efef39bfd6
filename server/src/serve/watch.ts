import type { FastifyInstance, FastifyRequest } from 'fastify';
import { histogram, noteFailure, type OpenWork, openWork } from '#kit';

/** Slower than this, or failed, and even a request that brought telemetry or fetched a file of the UI is worth a span. */
const slowMs = 1000;

const queryCharsMax = 2_000;

const quietRoutes = ['/v1/', '/prometheus/api/v1/write', '/api/v1/write', '/loki/api/v1/push', '/assets/'];

/** The UI's page and the files beside it, all of them in the root. */
const isUiFile = (route: string): boolean => ['/', '/*'].includes(route) || /^\/[\w.-]*\.\w+$/.test(route);

// Acknowledgements that are late by intent would pass for a slow Farol.
const duration = histogram(
  'http_server_request_duration_seconds',
  'Duration of HTTP requests to Farol, without the time for which writes wait on purpose (farol_store_gather_seconds).',
  ['http_request_method', 'http_route', 'http_response_status_code'],
);

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
    // Fastify keeps this context for what follows, also when the body has been read.
    unit.run(done);
  });
  app.addHook('onError', async (request, _reply, error) => {
    open.get(request)?.run(() => noteFailure(error));
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = routeOf(request);
    const labels = {
      http_request_method: request.method,
      http_route: route,
      http_response_status_code: String(reply.statusCode),
    };
    const unit = open.get(request);
    const { failure, gatheredMs } = unit?.notes ?? { gatheredMs: 0 };
    const durationMs = Math.max(0, reply.elapsedTime - gatheredMs);
    duration.observe(labels, durationMs / 1000);
    unit?.set({
      'http.request.method': request.method,
      'http.route': route,
      'http.response.status_code': reply.statusCode,
      'url.path': request.url.split('?')[0] ?? '',
      'url.query': request.url.split('?')[1]?.slice(0, queryCharsMax) ?? '',
      'farol.tenant': request.headers['x-scope-orgid']?.toString() ?? 'main',
      ...(gatheredMs > 0 && { 'farol.gathered_ms': Math.round(gatheredMs) }),
    });
    const failed = reply.statusCode >= 500;
    const quiet =
      (quietRoutes.some((prefix) => route.startsWith(prefix)) || isUiFile(route)) && !failed && durationMs < slowMs;
    unit?.end({ untold: quiet, ...(failed && { error: failure ?? new Error(`HTTP ${reply.statusCode}`) }) });
    done();
  });
}
