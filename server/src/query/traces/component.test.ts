import { expect, test } from 'vitest';
import { componentOf } from './component.ts';
import { storedSpan } from './span.testing.ts';
import type { StoredSpan } from './span.ts';

type Pairs = Record<string, string>;

test('spans are told apart by the conventions of today and of yesterday', () => {
  const f = (about: Partial<StoredSpan>, pairs: Pairs, kind: string, name: string, callee?: string) =>
    expect(componentOf(storedSpan({ id: 1, at: 0, for: 1, with: pairs, ...about }), callee)).toEqual({ kind, name });
  f({ kind: 'server' }, { 'http.route': '/a' }, 'http', 'api');
  f({ kind: 'server' }, { 'rpc.system': 'grpc' }, 'http', 'api');
  f({ kind: 'client' }, { 'db.system': 'postgresql' }, 'database', 'postgresql');
  f({ kind: 'client' }, { 'db.system.name': 'mysql', 'server.address': 'db' }, 'database', 'mysql');
  f({ kind: 'client' }, { 'db.statement': 'SELECT 1' }, 'database', 'sql');
  f({ name: 'prisma:client:operation' }, {}, 'database', 'prisma');
  f({ name: 'prisma:client:db_query', kind: 'client' }, { 'db.system': 'postgresql' }, 'database', 'postgresql');
  f({ kind: 'client' }, { 'server.address': 'mail.example' }, 'external', 'mail.example');
  f({ kind: 'client' }, { 'net.peer.name': 'mail.example' }, 'external', 'mail.example');
  f({ kind: 'client' }, { 'peer.service': 'mail', 'server.address': 'x' }, 'external', 'mail');
  f({ kind: 'client' }, { 'http.url': 'http://mail.example:81/x' }, 'external', 'mail.example:81');
  f({ kind: 'client' }, { 'http.url': 'not a url' }, 'external', 'span 1');
  f({ kind: 'client' }, { 'server.address': '10.0.0.1' }, 'external', 'notify', 'notify');
  f({ kind: 'producer' }, { 'messaging.system': 'kafka' }, 'messaging', 'kafka');
  f({ kind: 'consumer' }, { 'messaging.destination': 'mails' }, 'messaging', 'mails');
  f({}, {}, 'code', 'api');
  f({}, { 'nestjs.type': 'handler' }, 'code', 'api');
  f({}, { 'nestjs.type': 'request_context' }, 'http', 'api');
  f({}, { 'express.type': 'middleware' }, 'http', 'api');
  f({}, { 'express.type': 'request_handler' }, 'code', 'api');
});
