/**
 * The answers of the API as JSON Schema, beside the types of @farol/contract. A test validates real answers against
 * them, with no property allowed that is not named here; so types, schemas and answers cannot drift apart unseen.
 */
export type Schema = { readonly [key: string]: unknown };

const text: Schema = { type: 'string' };
const number: Schema = { type: 'number' };
const count: Schema = { type: 'integer', minimum: 0 };
const flag: Schema = { type: 'boolean' };
const numberOrNull: Schema = { type: ['number', 'null'] };
const list = (items: Schema): Schema => ({ type: 'array', items });
const word = (...words: readonly string[]): Schema => ({ enum: words });
const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** Names that end in `?` may be absent. */
function object(properties: Readonly<Record<string, Schema>>): Schema {
  const entries = Object.entries(properties);
  return {
    type: 'object',
    additionalProperties: false,
    required: entries.filter(([name]) => !name.endsWith('?')).map(([name]) => name),
    properties: Object.fromEntries(entries.map(([name, schema]) => [name.replace(/\?$/, ''), schema])),
  };
}

const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
const signalName = word('metrics', 'logs', 'traces');
const componentKind = word('http', 'database', 'external', 'messaging', 'code', 'waiting');

const attributes: Schema = { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } };
const queryStep = { name: text, afterMs: number, durationMs: number, 'error?': text, attributes };
const askedQuery = {
  id: text,
  tenant: text,
  name: text,
  'question?': text,
  startMs: number,
  durationMs: number,
  'error?': text,
  attributes,
};

export const schemas = {
  ApiError: object({ error: object({ code: text, message: text }) }),
  Chart: object({ timesMs: list(number), lines: list(object({ name: text, values: list(numberOrNull) })) }),
  Attribute: object({
    key: text,
    value: text,
    type: word('string', 'int', 'double', 'bool', 'bytes', 'array', 'kvlist', 'empty'),
  }),

  QueriesAnswer: object({ queries: list(object({ ...askedQuery, stepCount: count })) }),
  QueryAnswer: object({ ...askedQuery, steps: list(object(queryStep)) }),

  ServicesAnswer: object({ services: list(ref('ServiceSummary')) }),
  ServiceSummary: object({
    name: text,
    namespace: text,
    environment: text,
    language: text,
    version: text,
    source: word('metrics', 'spans', 'none'),
    ratePerSecond: numberOrNull,
    errorShare: numberOrNull,
    p50Ms: numberOrNull,
    p95Ms: numberOrNull,
    p99Ms: numberOrNull,
    saturation: orNull(object({ share: number, of: text })),
    change: object({ rate: numberOrNull, errors: numberOrNull, p95: numberOrNull }),
    trend: ref('Chart'),
    lastSeenMs: number,
    health: word('ok', 'warn', 'bad', 'unknown'),
    logErrorsPerMinute: numberOrNull,
  }),
  ServiceAnswer: object({
    summary: ref('ServiceSummary'),
    verdict: object({
      kind: word('no-data', 'healthy', 'slow', 'failing', 'slow-and-failing'),
      'endpoint?': text,
      'sinceMs?': number,
      'times?': number,
      'errorShare?': number,
      'p95Ms?': number,
      'deploy?': text,
    }),
    latency: ref('Chart'),
    rate: ref('Chart'),
    errors: ref('Chart'),
    saturation: list(
      object({
        name: word('cpu', 'memory', 'event-loop', 'goroutines', 'gc', 'connections', 'threads'),
        unit: word('1', 'By', 's', '{count}'),
        chart: ref('Chart'),
      }),
    ),
    exemplars: list(
      object({ timeMs: number, valueMs: number, traceId: text, spanId: text, endpoint: text, error: flag }),
    ),
    deploys: list(object({ timeMs: number, version: text })),
    endpoints: list(ref('Endpoint')),
    dependencies: list(
      object({
        name: text,
        kind: word('service', 'database', 'messaging', 'external'),
        direction: word('calls', 'called-by'),
        ratePerSecond: number,
        errorShare: number,
        p95Ms: numberOrNull,
      }),
    ),
    logs: ref('Chart'),
  }),
  Endpoint: object({
    name: text,
    method: text,
    route: text,
    ratePerSecond: number,
    errorShare: number,
    p50Ms: numberOrNull,
    p95Ms: numberOrNull,
    p99Ms: numberOrNull,
    count,
    trend: list(numberOrNull),
    'slowestTraceId?': text,
    'failingTraceId?': text,
  }),

  TracesAnswer: object({ traces: list(ref('TraceSummary')), truncated: flag }),
  TraceSummary: object({
    traceId: text,
    rootService: text,
    rootName: text,
    startMs: number,
    durationMs: number,
    spans: count,
    errors: count,
    services: list(object({ name: text, spans: count })),
    'error?': text,
  }),
  TraceAnswer: object({
    traceId: text,
    startNs: text,
    durationNs: number,
    spans: list(ref('Span')),
    components: list(object({ kind: componentKind, name: text, selfNs: number, share: number })),
    'failingSpanId?': text,
    warnings: list(text),
  }),
  Span: object({
    spanId: text,
    parentSpanId: text,
    depth: count,
    service: text,
    name: text,
    kind: word('unspecified', 'internal', 'server', 'client', 'producer', 'consumer'),
    component: componentKind,
    componentName: text,
    offsetNs: number,
    durationNs: number,
    selfNs: number,
    status: word('unset', 'ok', 'error'),
    statusMessage: text,
    attributes: list(ref('Attribute')),
    resource: list(ref('Attribute')),
    scope: object({ name: text, version: text }),
    events: list(object({ name: text, offsetNs: number, attributes: list(ref('Attribute')) })),
    links: list(object({ traceId: text, spanId: text, attributes: list(ref('Attribute')) })),
    orphan: flag,
  }),

  LogsAnswer: object({ logs: list(ref('Log')), 'cursor?': text }),
  Log: object({
    id: text,
    timeNs: text,
    service: text,
    level: word('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'unknown'),
    body: text,
    traceId: text,
    spanId: text,
    attributes: list(ref('Attribute')),
    resource: list(ref('Attribute')),
  }),
  LogHistogramAnswer: object({ chart: ref('Chart'), total: count }),
  LogFacetsAnswer: object({
    'sampledLines?': count,
    facets: list(object({ key: text, values: list(object({ value: text, count })) })),
  }),

  SqlAnswer: object({
    columns: list(object({ name: text, type: text })),
    rows: list(list({})),
    more: flag,
  }),

  StatusAnswer: object({
    version: text,
    state: word('starting', 'ready', 'read-only', 'down'),
    'reason?': text,
    startedMs: number,
    nowMs: number,
    listen: object({ http: text, otlpHttp: text, otlpGrpc: text }),
    signals: list(
      object({
        signal: signalName,
        rows: count,
        bytesOnDisk: count,
        'oldestMs?': number,
        'newestMs?': number,
        retentionDays: number,
      }),
    ),
    detachedParts: count,
  }),
  IngestAnswer: object({
    sinceMs: number,
    senders: list(
      object({
        protocol: text,
        sender: text,
        signal: signalName,
        received: count,
        stored: count,
        rejected: list(object({ reason: text, count, example: text })),
        duplicates: count,
        lastSeenMs: number,
      }),
    ),
  }),
} as const satisfies Readonly<Record<string, Schema>>;

export type SchemaName = keyof typeof schemas;
