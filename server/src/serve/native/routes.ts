/** The routes of `/api/*`, in one table: what serves them and what `/api/openapi.json` says of them come from here. */
import type { Asked } from '../asked.ts';
import type { NativeDeps } from './deps.ts';
import { logFacets, logHistogram, logs } from './logs.ts';
import { queries, query } from './queries.ts';
import type { SchemaName } from './schemas.ts';
import { service, services } from './services.ts';
import { ownSql } from './sql.ts';
import { ingest, status } from './status.ts';
import { trace, traces } from './traces.ts';

export interface Route {
  /** As OpenAPI writes it: `/api/traces/{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly params: readonly RouteParam[];
  readonly answer: SchemaName;
  /** `none`: answered even while questions wait for their slots. `sql`: has slots of its own. */
  readonly queue?: 'none' | 'sql';
  readonly handle: (deps: NativeDeps, asked: Asked, path: Record<string, string>) => Promise<unknown>;
}

export interface RouteParam {
  readonly name: string;
  readonly in?: 'path';
  readonly type: 'string' | 'number' | 'integer';
  readonly about: string;
  readonly repeats?: true;
  readonly words?: readonly string[];
}

const range: readonly RouteParam[] = [
  { name: 'start', type: 'number', about: 'Milliseconds since the epoch; an hour before `end` when absent.' },
  { name: 'end', type: 'number', about: 'Milliseconds since the epoch, not included; now when absent.' },
  { name: 'environment', type: 'string', about: 'Only resources of this `deployment.environment.name`.' },
];

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'unknown'];

const logFilter: readonly RouteParam[] = [
  ...range,
  { name: 'service', type: 'string', repeats: true, about: 'Any of these services.' },
  { name: 'level', type: 'string', repeats: true, words: levels, about: 'Any of these levels.' },
  {
    name: 'text',
    type: 'string',
    about:
      'Words and "phrases" that must all occur; `-word` must not; `wor*` may be a part of a word. Case does not matter.',
  },
  {
    name: 'attr',
    type: 'string',
    repeats: true,
    about: '`k=v`, `k!=v`, `k` (has it) or `!k`; attributes, resource, stream.',
  },
  { name: 'traceId', type: 'string', about: 'Lines of this trace; without a range, wherever the trace lies.' },
  { name: 'spanId', type: 'string', about: 'Lines of this span.' },
];

export const routes: readonly Route[] = [
  {
    path: '/api/services',
    summary: 'Every service with its golden signals, the unwell first.',
    params: range,
    answer: 'ServicesAnswer',
    handle: services,
  },
  {
    path: '/api/services/{service}',
    summary: 'One service: signals over time, endpoints, saturation, exemplars, deploys, dependencies, logs.',
    params: [{ name: 'service', in: 'path', type: 'string', about: 'Its name, URI-encoded.' }, ...range],
    answer: 'ServiceAnswer',
    handle: service,
  },
  {
    path: '/api/traces',
    summary: 'Traces that have a span as asked for.',
    params: [
      ...range,
      { name: 'service', type: 'string', about: 'A span of this service …' },
      { name: 'operation', type: 'string', about: '… with this name, …' },
      { name: 'status', type: 'string', words: ['error', 'ok'], about: '… which failed, or did not, …' },
      { name: 'minDurationMs', type: 'number', about: '… took at least this, …' },
      { name: 'maxDurationMs', type: 'number', about: '… at most this, …' },
      {
        name: 'tag',
        type: 'string',
        repeats: true,
        about: '… and carries `k=v` on itself, its resource, scope, events or links.',
      },
      { name: 'order', type: 'string', words: ['recent', 'slowest'], about: '`recent` when absent.' },
      { name: 'limit', type: 'integer', about: 'At most so many traces; 50 when absent.' },
    ],
    answer: 'TracesAnswer',
    handle: traces,
  },
  {
    path: '/api/traces/{id}',
    summary: 'One trace as a tree in waterfall order, with where its time went.',
    params: [{ name: 'id', in: 'path', type: 'string', about: '32 hexadecimal digits.' }],
    answer: 'TraceAnswer',
    handle: trace,
  },
  {
    path: '/api/logs',
    summary: 'Log lines, newest first.',
    params: [
      ...logFilter,
      { name: 'limit', type: 'integer', about: 'At most so many lines; 200 when absent.' },
      { name: 'cursor', type: 'string', about: 'The `cursor` of the page before.' },
    ],
    answer: 'LogsAnswer',
    handle: logs,
  },
  {
    path: '/api/logs/histogram',
    summary: 'Matching lines over time, by level.',
    params: [...logFilter, { name: 'buckets', type: 'integer', about: 'At most so many steps; 60 when absent.' }],
    answer: 'LogHistogramAnswer',
    handle: logHistogram,
  },
  {
    path: '/api/logs/facets',
    summary: 'The commonest values among matching lines.',
    params: logFilter,
    answer: 'LogFacetsAnswer',
    handle: logFacets,
  },
  {
    path: '/api/sql',
    summary: "A SELECT of your own over your tenant's rows, in ClickHouse's SQL.",
    params: [
      {
        name: 'query',
        type: 'string',
        about:
          'One SELECT over `samples`, `series`, `histograms`, `exemplars`, `metadata`, `logs`, `spans`, `trace_times`, `series_days`.',
      },
      { name: 'limit', type: 'integer', about: 'At most so many rows; 1000 when absent.' },
    ],
    answer: 'SqlAnswer',
    queue: 'sql',
    handle: ownSql,
  },
  {
    path: '/api/status',
    summary: 'The state of this Farol, what it stores, and where to send.',
    params: [],
    answer: 'StatusAnswer',
    queue: 'none',
    handle: status,
  },
  {
    path: '/api/ingest',
    summary: 'The ledger: what arrived from whom, and what became of it.',
    params: [],
    answer: 'IngestAnswer',
    queue: 'none',
    handle: ingest,
  },
  {
    path: '/api/queries',
    summary: 'The last questions that were asked, newest first.',
    params: [{ name: 'limit', type: 'integer', about: 'At most so many; 50 when absent.' }],
    answer: 'QueriesAnswer',
    queue: 'none',
    handle: queries,
  },
  {
    path: '/api/queries/{id}',
    summary: 'What one answer cost: each step, its SQL, its rows, its time.',
    params: [{ name: 'id', in: 'path', type: 'string', about: "The trace id in the answer's `Server-Timing` header." }],
    answer: 'QueryAnswer',
    queue: 'none',
    handle: query,
  },
];
