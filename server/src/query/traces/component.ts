/**
 * Which part of the system a span's own time belongs to, read from OpenTelemetry's semantic conventions, the stable
 * ones and those before them (`db.system`, `net.peer.name`, `http.url` …), and from what Nest, Express and Prisma write.
 */
import type { Attribute, Component } from '@farol/contract';
import { attributeOf, type StoredSpan } from './span.ts';

export type Place = Pick<Component, 'kind' | 'name'>;

/** `callee` is the service of a child span that runs in another service, when there is one. */
export function componentOf(span: StoredSpan, callee: string | undefined): Place {
  const { attributes } = span;
  const database = databaseOf(span);
  if (database) return { kind: 'database', name: database };
  if (span.kind === 'producer' || span.kind === 'consumer' || attributeOf(attributes, 'messaging.system')) {
    return { kind: 'messaging', name: attributeOf(attributes, 'messaging.system', ...destinations) ?? span.service };
  }
  if (span.kind === 'client') return { kind: 'external', name: callee ?? peerOf(attributes) ?? span.name };
  if (span.kind === 'server') return { kind: 'http', name: span.service };
  return { kind: frameworkPart(attributes) ? 'http' : 'code', name: span.service };
}

const destinations = ['messaging.destination.name', 'messaging.destination'] as const;

function databaseOf(span: StoredSpan): string | undefined {
  const system = attributeOf(span.attributes, 'db.system.name', 'db.system');
  if (system) return system;
  if (span.name.startsWith('prisma:')) return 'prisma';
  if (attributeOf(span.attributes, 'db.query.text', 'db.statement')) return 'sql';
  return undefined;
}

/** Whom a client span called, as well as the span knows. */
function peerOf(attributes: readonly Attribute[]): string | undefined {
  const named = attributeOf(attributes, 'peer.service', 'server.address', 'net.peer.name', 'rpc.service', 'http.host');
  if (named) return named;
  const url = attributeOf(attributes, 'url.full', 'http.url');
  return url && URL.canParse(url) ? new URL(url).host : attributeOf(attributes, 'network.peer.address', 'net.peer.ip');
}

/** Middleware, routers and Nest's request context surround the handler; the handler itself is the team's own code. */
function frameworkPart(attributes: readonly Attribute[]): boolean {
  const part = attributeOf(attributes, 'express.type', 'fastify.type', 'koa.type', 'nestjs.type', 'hook.name');
  return part !== undefined && part !== 'handler' && part !== 'request_handler' && part !== 'app_creation';
}
