/** One HTTP request in ClickHouse's dialect: which query, with which parameters and settings, on which kind of session. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { failure } from './failure.ts';
import type { Parameters } from './parameters.ts';

export interface QueryRequest {
  readonly queryId: string;
  /** From `?query=`; the body is then data, or the rest of the text. */
  query: string;
  readonly parameters: Map<string, string> & Parameters;
  readonly settings: Readonly<Record<string, string>>;
  readonly database?: string;
  readonly defaultFormat: string;
  /** `readonly=1` or `2`, and every GET: runs on a readonly session. */
  readonly reader: boolean;
  /** From `max_execution_time`, 0: none. */
  readonly timeoutMs: number;
}

/** Parameters of the HTTP layer itself; chDB has no HTTP layer and would not know them. */
const httpOnly = new Set([
  ...['query', 'query_id', 'database', 'default_format', 'user', 'password', 'quota_key', 'role', 'stacktrace'],
  ...[
    'compress',
    'decompress',
    'buffer_size',
    'wait_end_of_query',
    'client_protocol_version',
    'readonly',
    'session_timeout',
  ],
  ...['enable_http_compression', 'send_progress_in_http_headers', 'cancel_http_readonly_queries_on_client_close'],
  ...['session_check', 'close_session', 'add_http_cors_header', 'log_queries'],
]);

export function readRequest(request: IncomingMessage): QueryRequest {
  const url = new URL(request.url ?? '/', 'http://engine');
  const parameters = new Map<string, string>();
  const settings: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    if (name.startsWith('param_')) parameters.set(name.slice('param_'.length), value);
    else if (name === 'session_id')
      throw failure('NOT_IMPLEMENTED', 'session_id is not available: the engine has no HTTP sessions');
    else if (!httpOnly.has(name) && !name.startsWith('http_')) settings[checkedName(name)] = value;
  }
  const readonly = url.searchParams.get('readonly') ?? '0';
  const database = url.searchParams.get('database') ?? header(request, 'x-clickhouse-database');
  return {
    queryId: url.searchParams.get('query_id') || randomUUID(),
    query: url.searchParams.get('query') ?? '',
    parameters,
    settings,
    ...(database && { database }),
    defaultFormat: url.searchParams.get('default_format') || header(request, 'x-clickhouse-format') || 'TabSeparated',
    reader: request.method === 'GET' || readonly === '1' || readonly === '2',
    timeoutMs: secondsOf(settings.max_execution_time) * 1000,
  };
}

function checkedName(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
  throw failure('UNKNOWN_SETTING', `Setting '${name}' is neither a builtin setting nor started with the prefix 'SQL_'`);
}

function secondsOf(text: string | undefined): number {
  const seconds = Number(text ?? 0);
  if (Number.isFinite(seconds) && seconds >= 0) return seconds;
  throw failure('BAD_ARGUMENTS', `max_execution_time is ${text}; it must be a number of seconds`);
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}
