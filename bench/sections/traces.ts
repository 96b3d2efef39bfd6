/** Traces by id, by Jaeger's and Farol's searches, and by TraceQL, among millions of spans. */
import type { TraceAnswer } from '@farol/contract';
import { getOk, median } from '../http.ts';
import { load, traceIdOf } from '../load/index.ts';
import { memoryGoal, memoryNote } from '../memory.ts';
import { type Answered, answered, answersTable, type Question, slowestOf } from '../paths.ts';
import { resetPeaks } from '../proc.ts';
import { type Product, settled, withProduct } from '../product.ts';
import { atMost, count, digits, type Finding, milliseconds } from '../report.ts';
import type { Bench } from './index.ts';

const lanes = 24;
const seed = 3;
const tracesPerRequest = 50;
const bookingSpans = 10;
const asked = 40;
const spreadMs = 3_600_000;

const search = 'search';
const metrics = 'metrics';

export function traces({ scale: { spans, repeats } }: Bench): Promise<Finding> {
  return withProduct(async (product) => {
    const report = await load({
      url: product.otlpUrl,
      kind: 'spans',
      secondsMax: 1_800,
      itemsMax: spans,
      leadMax: 1_000,
      plan: { lanes, seed, traces: 'mixed', spread: { ms: spreadMs, spans } },
    });
    const size = await settled(product, 'traces');
    resetPeaks(product.pid);
    const byId = await tracesById(product, Math.floor(report.requests / lanes));
    const endMs = Date.now();
    const questions = [...own(endMs), ...jaeger(endMs), ...tempo(endMs)];
    const answers = await answered(product.url, questions, { repeats, found });
    return {
      title: `Traces, among ${count(size.rows)} spans`,
      goals: [
        atMost(`traces, ${count(spans)} spans: by id, median of ${asked} different`, byId.medianMs, 30, milliseconds),
        ...slowest(answers, search, `traces, ${count(spans)} spans: TraceQL search`),
        ...slowest(answers, metrics, `traces, ${count(spans)} spans: TraceQL metrics of an hour`),
        memoryGoal('questions about traces', product.pid),
      ],
      tables: [answersTable([byId, ...answers], repeats)],
      notes: [
        `${count(report.acknowledged)} spans acknowledged at ${count(report.acknowledged / report.seconds)}/s, over an hour, of seven services: bookings of ten spans, sign-ins, look-ups, exports of thirty; 2 % fail and 2 % are 404. ${digits(size.bytesOnDisk / size.rows, 1)} bytes a span. By id: ${asked} traces once each, ${byId.found}. A goal counts the median of the slowest question of its kind.`,
        memoryNote([product]),
      ],
    };
  });
}

function slowest(answers: readonly Answered[], goal: string, what: string) {
  const one = slowestOf(answers, goal);
  return one ? [atMost(`${what} (slowest: ${one.name})`, one.medianMs, 500, milliseconds)] : [];
}

/** The first of a request's traces are bookings, of ten spans. `firstMs` is the slowest here, for none is asked twice. */
async function tracesById(product: Product, requestsPerLane: number): Promise<Answered> {
  const times: number[] = [];
  let whole = 0;
  for (let n = 0; n < asked; n++) {
    const id = traceIdOf(
      n % lanes,
      seed,
      Math.floor((requestsPerLane * 0.9 * n) / asked) * tracesPerRequest + (n % 20),
    );
    const { ms, body } = await getOk(`${product.url}/api/traces/${id}`);
    times.push(ms);
    if ((JSON.parse(body.toString()) as TraceAnswer).spans.length === bookingSpans) whole++;
  }
  const name = `a trace by id (slowest and median of ${asked})`;
  return { name, path: '', firstMs: Math.max(...times), medianMs: median(times), found: `${whole} whole` };
}

function own(endMs: number): Question[] {
  const range = `start=${endMs - spreadMs - 600_000}&end=${endMs}`;
  return [
    { name: 'newest 20 of a service', path: `/api/traces?${range}&service=appointments&limit=20` },
    {
      name: 'slowest 20 of an operation',
      path: `/api/traces?${range}&service=gateway&operation=${encodeURIComponent('POST /book')}&order=slowest&limit=20`,
    },
    { name: 'longer than 250 ms', path: `/api/traces?${range}&minDurationMs=250&limit=20` },
    { name: 'failing', path: `/api/traces?${range}&status=error&limit=20` },
  ];
}

function jaeger(endMs: number): Question[] {
  const range = { start: `${endMs - spreadMs - 600_000}000`, end: `${endMs}000`, limit: '20' };
  const ask = (name: string, params: Record<string, string>) => ({
    name: `Jaeger: ${name}`,
    path: `/jaeger/api/traces?${new URLSearchParams({ ...range, ...params })}`,
  });
  return [
    ask('newest 20 of a service', { service: 'appointments' }),
    ask('of an operation, longer than 200 ms', { service: 'gateway', operation: 'POST /book', minDuration: '200ms' }),
    ask('by a tag', { service: 'gateway', tags: JSON.stringify({ 'http.response.status_code': '503' }) }),
    {
      name: 'Jaeger: dependencies of an hour',
      path: `/jaeger/api/dependencies?endTs=${endMs}&lookback=${spreadMs}`,
    },
  ];
}

function tempo(endMs: number): Question[] {
  const seconds = {
    start: String(Math.floor((endMs - spreadMs - 600_000) / 1000)),
    end: String(Math.ceil(endMs / 1000)),
  };
  const find = (name: string, q: string): Question => ({
    name: `TraceQL: ${name}`,
    path: `/tempo/api/search?${new URLSearchParams({ q, ...seconds, limit: '20' })}`,
    goal: search,
  });
  const chart = (name: string, q: string): Question => ({
    name: `TraceQL metrics: ${name}`,
    path: `/tempo/api/metrics/query_range?${new URLSearchParams({ q, ...seconds, start: String(Math.floor((endMs - spreadMs) / 1000)), step: '60s' })}`,
    goal: metrics,
  });
  return [
    find('everything', '{}'),
    find('a service', '{ resource.service.name = "appointments" }'),
    find('errors', '{ status = error }'),
    find('slow spans', '{ duration > 1s }'),
    find('a common attribute', '{ span.http.route = "/appointments" }'),
    find('a rare attribute', '{ span.tenant.id = "t-04217" }'),
    find('a resource attribute', '{ resource.host.name = "node-3" && name = "rank" }'),
    find('a comparison', '{ span.http.response.status_code >= 500 }'),
    find(
      'a comparison that few satisfy, in a service',
      '{ resource.service.name = "billing" && span.http.response.status_code >= 404 }',
    ),
    find('a regex', '{ name =~ "pg.query:.*users" }'),
    find('either of two', '{ span.db.system.name = "redis" || status = error }'),
    find('an attribute that is nowhere', '{ span.nowhere = "x" }'),
    find(
      'two that stand in one trace',
      '{ resource.service.name = "gateway" } && { span.db.operation.name = "UPDATE" }',
    ),
    find('below, both common', '{ resource.service.name = "gateway" } >> { span.db.system.name = "postgresql" }'),
    find('a child that fails', '{ resource.service.name = "appointments" } > { status = error }'),
    find('many of a kind', '{ span.db.system.name = "postgresql" } | count() > 5'),
    find('a slow average', '{ resource.service.name = "worker" } | avg(duration) > 100ms'),
    find('with columns', '{ status = error } | select(span.http.route, span.http.response.status_code)'),
    find('grouped', '{ span.http.response.status_code = 503 } | by(resource.service.name)'),
    chart('rate', '{ } | rate()'),
    chart('rate of errors by service', '{ status = error } | rate() by (resource.service.name)'),
    chart('rate by an attribute', '{ kind = server } | rate() by (span.http.route)'),
    chart('quantiles', '{ name = "POST /book" } | quantile_over_time(duration, .5, .95)'),
    chart('histogram', '{ kind = server } | histogram_over_time(duration)'),
    chart('compare', '{ resource.service.name = "gateway" } | compare({ status = error })'),
  ];
}

interface Found {
  readonly traces?: readonly unknown[];
  readonly data?: readonly unknown[];
  readonly series?: readonly unknown[];
  readonly status?: string;
}

function found(body: Buffer): string {
  const { traces, data, series, status } = JSON.parse(body.toString()) as Found;
  const partial = status === 'PARTIAL' || body.includes('"PARTIAL"') ? ', partial' : '';
  if (traces) return `${traces.length} traces${partial}`;
  return series ? `${series.length} series${partial}` : `${data?.length ?? 0} of them`;
}
