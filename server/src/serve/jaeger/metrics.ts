/**
 * Jaeger's "Monitor" tab: `/metrics/{latencies,calls,errors,minstep}`, asked of the metrics that are made of spans.
 * Source: jaegertracing/jaeger, metricstore/prometheus and model/proto/metrics/openmetrics.proto, as jsonpb writes it.
 */
import { goQuote } from '@farol/promql';
import { labelPairs, Refusal, type SeriesColumns } from '#model';
import type { Asked } from '../asked.ts';
import type { JaegerDeps } from './deps.ts';
import { boolParam, millisParam } from './params.ts';

export type MetricKind = 'latencies' | 'calls' | 'errors';

interface MetricFamily {
  readonly name: string;
  readonly type: 'GAUGE';
  readonly help: string;
  readonly metrics: readonly Metric[];
}

interface Metric {
  readonly labels: readonly { readonly name: string; readonly value: string }[];
  readonly metricPoints: readonly {
    readonly gaugeValue: { readonly doubleValue: number | string };
    readonly timestamp: string;
  }[];
}

/** In milliseconds: of the smallest distance between two points. */
export const minStepMs = 1;

const servicesMax = 100;

export async function metricFamily(kind: MetricKind, deps: JaegerDeps, asked: Asked): Promise<MetricFamily> {
  const question = questionOf(kind, deps, asked);
  const { tenant, signal } = asked;
  const { startMs, endMs, stepMs } = question;
  const { value } = await deps.promql.range({ tenant, text: queryOf(kind, question), startMs, endMs, stepMs, signal });
  return {
    name: question.byOperation ? names[kind].replace('service', 'service_operation') : names[kind],
    type: 'GAUGE',
    help: `${helpOf(kind, question)}, grouped by service${question.byOperation ? ' & operation' : ''}`,
    metrics: value.kind === 'matrix' ? value.series.map(metricOf) : [],
  };
}

const names: Readonly<Record<MetricKind, string>> = {
  latencies: 'service_latencies',
  calls: 'service_call_rate',
  errors: 'service_error_rate',
};

interface MetricQuestion {
  readonly services: readonly string[];
  readonly kinds: readonly string[];
  readonly byOperation: boolean;
  readonly quantile: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly rateMs: number;
}

function questionOf(kind: MetricKind, { clock, limits }: JaegerDeps, { params }: Asked): MetricQuestion {
  const quantile = kind === 'latencies' ? quantileOf(params) : 0;
  const services = params.getAll('service').filter((service) => service !== '');
  if (services.length === 0) throw bad("unable to parse param 'service': please provide at least one service name");
  if (services.length > servicesMax)
    throw bad(`${services.length} services are asked for, at most ${servicesMax} may be`);
  const byOperation = boolParam(params, 'groupByOperation');
  const kinds = params.has('spanKind') ? params.getAll('spanKind').map(spanKindOf) : ['SPAN_KIND_SERVER'];
  const endMs = millisParam(params, 'endTs', clock.nowMs());
  const lookbackMs = millisParam(params, 'lookback', 3_600_000);
  const stepMs = millisParam(params, 'step', 5_000);
  const rateMs = millisParam(params, 'ratePer', 600_000);
  if (stepMs < minStepMs) throw bad("unable to parse param 'step': it must be at least 1 millisecond");
  if (rateMs < 1) throw bad("unable to parse param 'ratePer': it must be at least 1 millisecond");
  if (lookbackMs / stepMs > limits.pointsPerSeriesMax) {
    throw bad(
      `lookback ${lookbackMs} ms at step ${stepMs} ms is over ${limits.pointsPerSeriesMax} points, query.pointsPerSeriesMax; ask for a larger step`,
    );
  }
  return { services, kinds, byOperation, quantile, startMs: Math.max(0, endMs - lookbackMs), endMs, stepMs, rateMs };
}

const bad = (message: string): Refusal => new Refusal(message, { code: 'BAD_REQUEST' });

function quantileOf(params: URLSearchParams): number {
  const given = params.get('quantile') ?? '';
  const quantile = given.trim() === '' ? Number.NaN : Number(given);
  if (!(quantile >= 0 && quantile <= 1)) {
    throw bad(`unable to parse param 'quantile': ${JSON.stringify(given.slice(0, 80))} is not a number from 0 to 1`);
  }
  return quantile;
}

const spanKinds = new Set(['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']);

function spanKindOf(kind: string): string {
  if (spanKinds.has(kind)) return `SPAN_KIND_${kind.toUpperCase()}`;
  throw bad(`unable to parse param 'spanKind': unsupported span kind: '${kind.slice(0, 80)}'`);
}

function helpOf(kind: MetricKind, { quantile }: MetricQuestion): string {
  switch (kind) {
    case 'latencies':
      return `${quantile.toFixed(2)}th quantile latency`;
    case 'calls':
      return 'calls/sec';
    case 'errors':
      return 'error rate, computed as a fraction of errors/sec over calls/sec';
  }
}

/** Jaeger reads latencies in milliseconds. No errors is an error rate of 0. */
function queryOf(kind: MetricKind, question: MetricQuestion): string {
  const by = question.byOperation ? 'service_name,span_name' : 'service_name';
  const services = `service_name=~${goQuote(question.services.map(literalPattern).join('|'))}`;
  const matchers = `${services},span_kind=~${goQuote(question.kinds.join('|'))}`;
  const rate = (metric: string, more = '') => `rate(${metric}{${matchers}${more}}[${question.rateMs}ms])`;
  const calls = `sum by (${by}) (${rate('traces_spanmetrics_calls_total')})`;
  switch (kind) {
    case 'latencies': {
      const buckets = `sum by (${by},le) (${rate('traces_spanmetrics_latency_bucket')})`;
      return `histogram_quantile(${question.quantile}, ${buckets}) * 1000`;
    }
    case 'calls':
      return calls;
    case 'errors': {
      const failed = rate('traces_spanmetrics_calls_total', ',status_code="STATUS_CODE_ERROR"');
      return `sum by (${by}) (${failed}) / ${calls} or ${calls} * 0`;
    }
  }
}

const literalPattern = (text: string): string => text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');

function metricOf({ labels, timesMs, values }: SeriesColumns): Metric {
  const pairs = [...labelPairs(labels)].map(([name, value]) => ({
    name: name === 'span_name' ? 'operation' : name,
    value,
  }));
  const metricPoints = Array.from(timesMs, (timeMs, i) => ({
    gaugeValue: { doubleValue: doubleOf(values[i] ?? Number.NaN) },
    timestamp: new Date(timeMs).toISOString(),
  }));
  return { labels: pairs, metricPoints };
}

/** Protobuf's JSON: what is no number is a word. */
function doubleOf(value: number): number | string {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}
