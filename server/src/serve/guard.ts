import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '#model';

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  // Mantine and ECharts set style attributes as they draw.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join('; ');

export function securityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers({
      'content-security-policy': contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    done();
  });
}

/**
 * There is no login yet, so a browser is the way in for a stranger: on loopback by a name of theirs that resolves to
 * 127.0.0.1 (DNS rebinding) …
 */
export function refuseForeignNames(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const host = hostName(request.headers.host ?? '');
    if (isLocalName(host)) return done();
    const message = `this address answers to localhost and IP addresses, not to "${host}"; use http://127.0.0.1`;
    done(new Refusal(message, { code: 'FORBIDDEN' }));
  });
}

/** … and everywhere by a page of theirs that posts here. Both show in headers that a page cannot forge. */
export function refuseForeignPages(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.method === 'GET' || request.method === 'HEAD' || isOwnOrigin(request)) return done();
    const { origin, host = '' } = request.headers;
    const message = `a page of ${origin} may not write here, at ${host}; a reverse proxy must pass on the Host it was asked for`;
    done(new Refusal(message, { code: 'FORBIDDEN' }));
  });
}

/** No page asks, or one of ours. A browser lets any page open a WebSocket anywhere: there the server must look. */
export function isOwnOrigin({ headers }: FastifyRequest): boolean {
  return headers.origin === undefined || originHost(headers.origin) === headers.host;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function hostName(header: string): string {
  return header
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
}

function isLocalName(name: string): boolean {
  return (
    name === '' || name === 'localhost' || name.endsWith('.localhost') || name.includes(':') || /^[\d.]+$/.test(name)
  );
}

function originHost(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
