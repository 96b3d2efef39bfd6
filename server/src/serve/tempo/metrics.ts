import { goQuote } from '@farol/promql';
import { type Exemplar, type Grid, type Label, type MetricsAnswer, type Series, timeOf } from '#query/traceql';
import type { Asked } from '../asked.ts';
import { doubleJson, queriedValue } from './anyvalue.ts';
import type { TempoDeps } from './deps.ts';
import { bad, nanosRange, stepParam, wholeParam } from './params.ts';

const exemplarsMax = 1_000;

/** `/metrics/query_range` */
export async function rangeSeries(deps: TempoDeps, asked: Asked): Promise<object> {
  const range = nanosRange(asked.params, deps.clock.nowMs());
  const exemplars = Math.min(wholeParam(asked.params, 'exemplars') ?? 0, exemplarsMax);
  const stepNs = stepParam(asked.params, range);
  const answer = await deps.traceql.metrics({ ...question(asked), ...range, stepNs, exemplars });
  return { series: answer.series.flatMap((series) => rangeJson(series, answer.grid)), ...aboutJson(answer) };
}

/** `/metrics/query`: one value for the whole range. */
export async function instantSeries(deps: TempoDeps, asked: Asked): Promise<object> {
  const range = nanosRange(asked.params, deps.clock.nowMs());
  const answer = await deps.traceql.metrics({ ...question(asked), ...range, exemplars: 0 });
  const series = answer.series.flatMap(({ labels, values: [value = Number.NaN] }) =>
    Number.isNaN(value) ? [] : [{ ...labelsJson(labels), value: doubleJson(value) }],
  );
  return { series, ...aboutJson(answer) };
}

function question({ tenant, params, signal }: Asked): { tenant: string; text: string; signal: AbortSignal } {
  const text = params.get('q') ?? params.get('query') ?? '';
  if (text === '') throw bad("invalid query: the parameter 'q' is required");
  return { tenant, text, signal };
}

/** Points without a value are left out, and series without points. */
function rangeJson({ labels, values, exemplars }: Series, grid: Grid): object[] {
  const samples: object[] = [];
  for (const [index, value] of values.entries()) {
    if (!Number.isNaN(value)) samples.push({ timestampMs: String(timeOf(grid, index)), value: doubleJson(value) });
  }
  if (samples.length === 0) return [];
  return [{ ...labelsJson(labels), samples, ...(exemplars.length > 0 && { exemplars: exemplars.map(exemplarJson) }) }];
}

const exemplarJson = ({ traceId, spanId, timeMs, value }: Exemplar): object => ({
  labels: [
    { key: 'trace:id', value: { stringValue: traceId } },
    { key: 'span:id', value: { stringValue: spanId } },
  ],
  value: doubleJson(value),
  timestampMs: String(timeMs),
});

/** `promLabels` is what Grafana read before labels had types. */
function labelsJson(labels: readonly Label[]): { labels: object[]; promLabels: string } {
  return {
    labels: labels.map(({ name, value }) => ({ key: name, value: queriedValue(value) })),
    promLabels: `{${labels.map((label) => `${promName(label.name)}=${goQuote(promValue(label))}`).join(', ')}}`,
  };
}

const promName = (name: string): string => (/^[a-zA-Z_]\w*$/.test(name) ? name : goQuote(name));

function promValue({ value }: Label): string {
  if (value === undefined) return '<nil>';
  if (value.type === 'list') return JSON.stringify(value.items.map((item) => item.value.toString()));
  if (value.type === 'string' && value.value === '') return '<empty>';
  return String(value.value);
}

const aboutJson = ({ inspectedSpans, partial }: MetricsAnswer): object => ({
  metrics: { inspectedSpans: String(inspectedSpans) },
  ...(partial !== undefined && { status: 'PARTIAL', message: partial }),
});
