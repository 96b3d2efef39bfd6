import type { MetricExpr } from '@farol/logql';
import { compareText, type Labels, Refusal } from '#model';
import type { LogqlValue, MetricSeries } from '../answer.ts';
import type { MetricContext } from '../context.ts';
import { constant, evaluate } from './evaluate.ts';
import { isEmpty, type StepGrid, type StepSeries } from './series.ts';

export async function answerInstant(expr: MetricExpr, ctx: MetricContext): Promise<LogqlValue> {
  const value = await evaluate(expr, ctx);
  const timeMs = timesOf(ctx.grid)[0] ?? 0;
  if (value.kind === 'scalar') return { kind: 'scalar', timeMs, value: value.value };
  const series = answered(value.series, ctx, sorts(expr));
  return { kind: 'vector', timeMs, samples: series.map(({ labels, values }) => ({ labels, value: values[0] ?? 0 })) };
}

export async function answerRange(expr: MetricExpr, ctx: MetricContext): Promise<LogqlValue> {
  const value = await evaluate(expr, ctx);
  const all = value.kind === 'scalar' ? [constant(value.value, ctx.grid.steps)] : value.series;
  const times = timesOf(ctx.grid);
  return { kind: 'matrix', series: answered(all, ctx, false).map((series) => pointsOf(series, times)) };
}

/** A query that sorts anywhere is answered in the order that it made. */
function sorts(expr: MetricExpr): boolean {
  switch (expr.kind) {
    case 'aggregate':
      return expr.op === 'sort' || expr.op === 'sort_desc' || sorts(expr.expr);
    case 'label_replace':
      return sorts(expr.expr);
    case 'binary':
      return sorts(expr.left) || sorts(expr.right);
    default:
      return false;
  }
}

function timesOf({ startNs, stepNs, steps }: StepGrid): number[] {
  const startMs = Number(startNs / 1_000_000n);
  const stepMs = Number(stepNs) / 1e6;
  return Array.from({ length: steps }, (_, step) => startMs + Math.trunc(step * stepMs));
}

/** The series that have a value at all, in their order, and not too many of them. */
function answered(series: readonly StepSeries[], { limits }: MetricContext, isSorted: boolean): StepSeries[] {
  const kept = series.filter((one) => !isEmpty(one));
  if (kept.length > limits.logSeriesMax) throw tooManySeries(limits.logSeriesMax);
  return isSorted ? kept : kept.sort((a, b) => compareLabels(a.labels, b.labels));
}

function tooManySeries(seriesMax: number): Refusal {
  const message =
    `maximum number of series (${seriesMax}) reached for a single query (limits.query.logSeriesMax); ` +
    'consider reducing query cardinality by adding more specific stream selectors, ' +
    'reducing the time range, or aggregating results with functions like sum(), count() or topk()';
  return new Refusal(message, { code: 'BAD_REQUEST' });
}

function compareLabels(a: Labels, b: Labels): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const order = compareText(a[i] ?? '', b[i] ?? '');
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function pointsOf({ labels, values, present }: StepSeries, times: readonly number[]): MetricSeries {
  const timesMs: number[] = [];
  const kept: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (present[i] !== 1) continue;
    timesMs.push(times[i] ?? 0);
    kept.push(values[i] ?? 0);
  }
  return { labels, timesMs, values: kept };
}
