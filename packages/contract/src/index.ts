/**
 * Farol's own HTTP API (`/api/*`), as types shared by the server and the UI. Times are milliseconds since the epoch
 * (`…Ms`) unless the name says otherwise; durations say their unit; rates are per second; shares are 0 … 1.
 * Errors: `{ error: { code, message } }` with the status of the refusal.
 */
export interface ApiError {
  readonly error: { readonly code: string; readonly message: string };
}

/** A line on a chart. `null` is a gap. */
export interface Line {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

/** Lines that share their times. */
export interface Chart {
  readonly timesMs: readonly number[];
  readonly lines: readonly Line[];
}

/** Whether golden signals come from metrics (exact) or from spans (as good as the sampling). */
export type SignalSource = 'metrics' | 'spans' | 'none';

/** GET /api/services?start&end&environment */
export interface ServicesAnswer {
  readonly services: readonly ServiceSummary[];
}

export interface ServiceSummary {
  readonly name: string;
  readonly namespace: string;
  readonly environment: string;
  /** `telemetry.sdk.language`, '' when unknown. */
  readonly language: string;
  readonly version: string;
  readonly source: SignalSource;
  /** Over the asked range. */
  readonly ratePerSecond: number | null;
  readonly errorShare: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  /** The fullest of CPU, memory, event loop, pool: 0 … 1, and which one. */
  readonly saturation: { readonly share: number; readonly of: string } | null;
  /** The same three against the window of equal length before: 1 = as usual. */
  readonly change: { readonly rate: number | null; readonly errors: number | null; readonly p95: number | null };
  readonly trend: Chart;
  readonly lastSeenMs: number;
  readonly health: 'ok' | 'warn' | 'bad' | 'unknown';
  readonly logErrorsPerMinute: number | null;
}

/** GET /api/services/{service}?start&end&environment */
export interface ServiceAnswer {
  readonly summary: ServiceSummary;
  /** One or two sentences' worth of facts; the UI writes the words in the reader's language. */
  readonly verdict: Verdict;
  /** lines p50, p95, p99, in milliseconds. */
  readonly latency: Chart;
  /** lines `total`, and one per status class `2xx` … `5xx` where known; per second. */
  readonly rate: Chart;
  /** line `errors`: share of requests. */
  readonly errors: Chart;
  /** Each chart has a name, a unit (UCUM) and its lines: cpu, memory, event loop, goroutines, pools. */
  readonly saturation: readonly SaturationChart[];
  /** Real requests, as points on the latency chart: the slowest, the failing, and a sample of the rest per step. */
  readonly exemplars: readonly Exemplar[];
  readonly deploys: readonly Deploy[];
  readonly endpoints: readonly Endpoint[];
  /** Services it calls and that call it, from spans. */
  readonly dependencies: readonly Dependency[];
  /** Lines per level, per step. */
  readonly logs: Chart;
}

export interface Verdict {
  readonly kind: 'no-data' | 'healthy' | 'slow' | 'failing' | 'slow-and-failing';
  readonly endpoint?: string;
  readonly sinceMs?: number;
  /** How many times its normal. */
  readonly times?: number;
  readonly errorShare?: number;
  readonly p95Ms?: number;
  readonly deploy?: string;
}

export interface SaturationChart {
  readonly name: 'cpu' | 'memory' | 'event-loop' | 'goroutines' | 'gc' | 'connections' | 'threads';
  readonly unit: '1' | 'By' | 's' | '{count}';
  readonly chart: Chart;
}

export interface Exemplar {
  readonly timeMs: number;
  readonly valueMs: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly endpoint: string;
  readonly error: boolean;
}

export interface Deploy {
  readonly timeMs: number;
  readonly version: string;
}

export interface Endpoint {
  /** `POST /appointments`, an RPC method, a queue, or a span name. */
  readonly name: string;
  readonly method: string;
  readonly route: string;
  readonly ratePerSecond: number;
  readonly errorShare: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly count: number;
  readonly trend: readonly (number | null)[];
  readonly slowestTraceId?: string;
  readonly failingTraceId?: string;
}

export interface Dependency {
  readonly name: string;
  readonly kind: 'service' | 'database' | 'messaging' | 'external';
  readonly direction: 'calls' | 'called-by';
  readonly ratePerSecond: number;
  readonly errorShare: number;
  readonly p95Ms: number | null;
}

/** GET /api/traces?service&operation&status&minDurationMs&maxDurationMs&tag=k=v&start&end&limit&order=recent|slowest */
export interface TracesAnswer {
  readonly traces: readonly TraceSummary[];
  /** More matched than were returned. */
  readonly truncated: boolean;
}

export interface TraceSummary {
  readonly traceId: string;
  readonly rootService: string;
  readonly rootName: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly spans: number;
  readonly errors: number;
  readonly services: readonly { readonly name: string; readonly spans: number }[];
  /** What the first failing span says: `exception.type: exception.message`, its status message, or `HTTP 500`. */
  readonly error?: string;
}

/** GET /api/traces/{id} */
export interface TraceAnswer {
  readonly traceId: string;
  /** Of the earliest span; the others count from it. */
  readonly startNs: string;
  readonly durationNs: number;
  /** In waterfall order: parents before children, siblings by start. */
  readonly spans: readonly Span[];
  /** Where the time went: self time, and its share of the total. Sums to the trace's duration. */
  readonly components: readonly Component[];
  /** The span that failed first and deepest: the one to look at. */
  readonly failingSpanId?: string;
  readonly warnings: readonly string[];
}

export type ComponentKind = 'http' | 'database' | 'external' | 'messaging' | 'code' | 'waiting';

export interface Component {
  readonly kind: ComponentKind;
  /** Service, database system or host. */
  readonly name: string;
  readonly selfNs: number;
  readonly share: number;
}

export interface Span {
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly depth: number;
  readonly service: string;
  readonly name: string;
  readonly kind: 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly component: ComponentKind;
  /** The `name` of the component that the span's own time counts to. */
  readonly componentName: string;
  readonly offsetNs: number;
  readonly durationNs: number;
  readonly selfNs: number;
  readonly status: 'unset' | 'ok' | 'error';
  readonly statusMessage: string;
  readonly attributes: readonly Attribute[];
  readonly resource: readonly Attribute[];
  readonly scope: { readonly name: string; readonly version: string };
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
  /** The parent is not among the stored spans. */
  readonly orphan: boolean;
}

export interface Attribute {
  readonly key: string;
  readonly value: string;
  readonly type: 'string' | 'int' | 'double' | 'bool' | 'bytes' | 'array' | 'kvlist' | 'empty';
}

export interface SpanEvent {
  readonly name: string;
  readonly offsetNs: number;
  readonly attributes: readonly Attribute[];
}

export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: readonly Attribute[];
}

/**
 * GET /api/logs?start&end&service&level&text&attr=k=v&attr=k!=v&traceId&spanId&limit&cursor
 * `service`, `level` and `attr` repeat; `text` is words and "phrases" that must all occur, `-word` must not.
 */
export interface LogsAnswer {
  /** Newest first. */
  readonly logs: readonly Log[];
  /** Give it back for the next page; absent on the last one. */
  readonly cursor?: string;
}

export interface Log {
  /** Unique within the answer and stable across pages. */
  readonly id: string;
  /** Nanoseconds since the epoch, as text. */
  readonly timeNs: string;
  readonly service: string;
  readonly level: Level;
  readonly body: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: readonly Attribute[];
  readonly resource: readonly Attribute[];
}

export type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'unknown';

/** GET /api/logs/histogram, same filters, `buckets` (default 60). One line per level. */
export interface LogHistogramAnswer {
  readonly chart: Chart;
  readonly total: number;
}

/** GET /api/logs/facets, same filters: the commonest values, for the left column. */
export interface LogFacetsAnswer {
  /** Present when attribute values were counted over the newest so many lines only; services and levels never are. */
  readonly sampledLines?: number;
  readonly facets: readonly { readonly key: string; readonly values: readonly { value: string; count: number }[] }[];
}

/** GET /api/status */
export interface StatusAnswer {
  readonly version: string;
  readonly state: 'starting' | 'ready' | 'read-only' | 'down';
  readonly reason?: string;
  readonly startedMs: number;
  readonly nowMs: number;
  /** Where senders send, as they can reach it. */
  readonly listen: { readonly http: string; readonly otlpHttp: string; readonly otlpGrpc: string };
  readonly signals: readonly {
    readonly signal: 'metrics' | 'logs' | 'traces';
    readonly rows: number;
    readonly bytesOnDisk: number;
    readonly oldestMs?: number;
    readonly newestMs?: number;
    readonly retentionDays: number;
  }[];
  readonly detachedParts: number;
}

/** GET /api/queries: the last questions of this tenant, newest first. */
export interface QueriesAnswer {
  readonly queries: readonly (AskedQuery & { readonly stepCount: number })[];
}

/** GET /api/sql: the rows of a SELECT of your own. */
export interface SqlAnswer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Whole numbers of 64 bits as text, NaN as null. */
  readonly rows: readonly (readonly unknown[])[];
  /** There are more rows than `limit`. */
  readonly more: boolean;
}

/** GET /api/queries/{id}: what one answer cost. `id` is the trace id in the answer's `Server-Timing` header. */
export interface QueryAnswer extends AskedQuery {
  readonly steps: readonly QueryStep[];
}

export interface AskedQuery {
  readonly id: string;
  readonly tenant: string;
  /** `GET /api/logs`: the route. */
  readonly name: string;
  /** The query's text, where it has one. */
  readonly question?: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly error?: string;
  /** OpenTelemetry's names where there is one: `url.query`, `http.response.status_code`, `db.query.text`. */
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

export interface QueryStep {
  readonly name: string;
  /** After the question's start. */
  readonly afterMs: number;
  readonly durationMs: number;
  readonly error?: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

/** GET /api/ingest: the ledger. Every item that arrived is stored, rejected or dropped, and says so. */
export interface IngestAnswer {
  readonly sinceMs: number;
  readonly senders: readonly IngestSender[];
}

export interface IngestSender {
  /** `otlp-grpc`, `otlp-http`, `remote-write`, `loki`, `scrape`, `self`. */
  readonly protocol: string;
  /** The service, job or user agent that sent it. */
  readonly sender: string;
  readonly signal: 'metrics' | 'logs' | 'traces';
  readonly received: number;
  readonly stored: number;
  readonly rejected: readonly { readonly reason: string; readonly count: number; readonly example: string }[];
  readonly duplicates: number;
  readonly lastSeenMs: number;
}
