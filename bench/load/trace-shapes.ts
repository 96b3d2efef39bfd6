/** The traces that the loader sends: what each span is called, whose it is, when it runs and what it says. */
import type { Attributes } from './otlp.ts';

export interface SpanShape {
  readonly service: string;
  /** Index in the trace; -1 for the root. */
  readonly parent: number;
  readonly name: string;
  readonly kind: 1 | 2 | 3;
  readonly startMs: number;
  readonly lengthMs: number;
  readonly attributes: Attributes;
  /** Its status message. */
  readonly error?: string;
  /** Has an attribute `tenant.id` of a hundred thousand possible values. */
  readonly hasTenant?: boolean;
}

export type TraceShape = readonly SpanShape[];

const http = (method: string, status: number, more: Attributes) => ({
  'http.request.method': method,
  'url.scheme': 'http',
  'server.address': '10.0.0.3',
  'server.port': 8080,
  ...more,
  'http.response.status_code': status,
});
const served = (method: string, route: string, status: number) =>
  http(method, status, { 'http.route': route, 'url.path': route });
const db = (verb: string, table: string) => ({
  'db.system.name': 'postgresql',
  'db.namespace': 'appointments',
  'server.address': 'db',
  'server.port': 5432,
  'db.query.text': `${verb} "public"."${table}" WHERE "id" = $1 AND "tenant" = $2`,
  'db.operation.name': verb.replace(/ .*/, ''),
});
const code = (name: string) => ({ 'code.function.name': name });

const refused = 'carrier refused the message';

/** As a booking makes it: HTTP in, handler, service, three statements, HTTP out, and the callee's side. */
function booking(status: 201 | 503): TraceShape {
  const error = status === 503 ? { error: refused } : {};
  const callee = 'http://10.0.0.9:8080/notifications';
  return [
    span('gateway', -1, 'POST /book', 2, [0, 120], served('POST', '/book', status), error),
    span(
      'gateway',
      0,
      'POST',
      3,
      [2, 115],
      http('POST', status, { 'url.full': 'http://10.0.0.3:8080/appointments' }),
      error,
    ),
    span('appointments', 1, 'POST /appointments', 2, [3, 112], served('POST', '/appointments', status), error),
    span('appointments', 2, 'AppointmentsController.create', 1, [4, 110], code('AppointmentsController.create')),
    span('appointments', 3, 'AppointmentsService.book', 1, [4, 109], code('AppointmentsService.book'), error),
    span('appointments', 4, 'pg.query:INSERT appointments', 3, [6, 4], db('INSERT INTO', 'appointments')),
    span('appointments', 4, 'pg.query:SELECT appointments', 3, [11, 2], db('SELECT * FROM', 'appointments')),
    span(
      'appointments',
      4,
      'POST',
      3,
      [15, 90],
      http('POST', status === 503 ? 500 : 202, { 'url.full': callee }),
      error,
    ),
    span(
      'notifications',
      7,
      'POST /notifications',
      2,
      [17, 86],
      served('POST', '/notifications', status === 503 ? 500 : 202),
      error,
    ),
    span('appointments', 4, 'pg.query:UPDATE appointments', 3, [107, 3], db('UPDATE', 'appointments')),
  ];
}

const signIn: TraceShape = [
  span('gateway', -1, 'POST /login', 2, [0, 40], served('POST', '/login', 200), { hasTenant: true }),
  span('gateway', 0, 'POST', 3, [1, 38], http('POST', 200, { 'url.full': 'http://10.0.0.5:8080/sessions' })),
  span('identity', 1, 'POST /sessions', 2, [2, 36], served('POST', '/sessions', 200)),
  span('identity', 2, 'redis.GET', 3, [3, 1], { 'db.system.name': 'redis', 'db.operation.name': 'GET' }),
  span('identity', 2, 'pg.query:SELECT users', 3, [5, 30], db('SELECT * FROM', 'users')),
];

const lookUp: TraceShape = [
  span('gateway', -1, 'GET /search', 2, [0, 60], served('GET', '/search', 200), { hasTenant: true }),
  span('gateway', 0, 'GET', 3, [1, 58], http('GET', 200, { 'url.full': 'http://10.0.0.7:8080/search' })),
  span('catalogue', 1, 'GET /search', 2, [2, 56], served('GET', '/search', 200)),
  span('catalogue', 2, 'elasticsearch.search', 3, [3, 40], {
    'db.system.name': 'elasticsearch',
    'db.operation.name': 'search',
  }),
  span('catalogue', 2, 'rank', 1, [44, 10], code('rank')),
  span('catalogue', 2, 'redis.SET', 3, [55, 1], { 'db.system.name': 'redis', 'db.operation.name': 'SET' }),
];

const unknownInvoice: TraceShape = [
  span('billing', -1, 'GET /invoices/:id', 2, [0, 9], served('GET', '/invoices/:id', 404), {
    error: 'no such invoice',
  }),
  span('billing', 0, 'InvoicesService.find', 1, [1, 8], code('InvoicesService.find')),
  span('billing', 1, 'pg.query:SELECT invoices', 3, [2, 6], db('SELECT * FROM', 'invoices')),
];

const monthlyExport: TraceShape = [
  span('worker', -1, 'export.run', 1, [0, 1500], code('export.run'), { hasTenant: true }),
  ...Array.from({ length: 28 }, (_, n) =>
    span('worker', 0, 'pg.query:SELECT appointments', 3, [10 + n * 50, 45], db('SELECT * FROM', 'appointments')),
  ),
  span('worker', 0, 'PUT', 3, [1420, 70], http('PUT', 200, { 'url.full': 'https://storage.example/exports' })),
];

/** Bookings only: what ingest is measured with. */
export const bookings: readonly TraceShape[] = Array(50).fill(booking(201));

/** Fifty traces of a day's work over seven services, one in fifty failing and as many with a 404; bookings first. */
export const mixed: readonly TraceShape[] = [
  ...Array<TraceShape>(30).fill(booking(201)),
  booking(503),
  unknownInvoice,
  ...Array<TraceShape>(2).fill(monthlyExport),
  ...Array<TraceShape>(8).fill(signIn),
  ...Array<TraceShape>(8).fill(lookUp),
];

function span(
  service: string,
  parent: number,
  name: string,
  kind: 1 | 2 | 3,
  [startMs, lengthMs]: readonly [number, number],
  attributes: Attributes,
  more: Pick<SpanShape, 'error' | 'hasTenant'> = {},
): SpanShape {
  return { service, parent, name, kind, startMs, lengthMs, attributes, ...more };
}
