/** Series of what a pipeline finds in whole traces: for what no span's row tells alone. */
import { type Field, type MetricsPipeline, printField, type SeriesStage } from '@farol/traceql';
import type { Limits } from '#model';
import type { Ask } from '../../stored/index.ts';
import { allCandidates } from '../candidates.ts';
import { eachIn, fieldKey, fieldsOf } from '../fields.ts';
import { type Evaluate, fieldEvaluator, slotsOf } from '../fieldvalue.ts';
import { loadTraces } from '../load.ts';
import { needsOf } from '../needs.ts';
import { pipelineOf } from '../pipeline.ts';
import type { Trace, TraceSpan } from '../trace.ts';
import { keyOf, numberOf } from '../value.ts';
import { type Group, type GroupQuestion, refuseTooMany } from './bysql.ts';
import { type Grid, indexOf } from './grid.ts';
import { bucketBound } from './quantile.ts';
import type { Label } from './series.ts';

interface Point {
  count: number;
  sum: number;
  min: number;
  max: number;
  newestNs: bigint;
}

interface Gathered {
  readonly labels: readonly Label[];
  readonly bound?: number;
  readonly points: Map<number, Point>;
}

export interface Seen {
  readonly groups: readonly Group[];
  readonly inspectedSpans: number;
  readonly partial?: string;
}

const tracesPerLoad = 500;

export async function groupsByTraces(
  ask: Ask,
  { pipeline, stage }: { readonly pipeline: MetricsPipeline['pipeline']; readonly stage: SeriesStage },
  question: GroupQuestion,
  limits: Limits['query'],
): Promise<Seen> {
  const { grid, signal } = question;
  const fields = withFields(fieldsOf(pipeline), [...stage.by, ...(stage.field ? [stage.field] : [])]);
  const slots = slotsOf(fields);
  const evaluate = pipelineOf(pipeline, slots);
  const gather = gathering(stage, grid, (field) => fieldEvaluator(field, slots));
  const range = { startMs: Number(grid.afterNs / 1_000_000n), endMs: Number(grid.untilNs / 1_000_000n) + 1 };
  const needs = needsOf(pipeline);
  let inspectedSpans = 0;
  let partial: string | undefined;
  const { ids, cut } = await allCandidates(ask, { ...question, ...range, needs });
  if (cut) partial = 'there were more traces than are looked at; narrow the time range or the first filter';
  for (let at = 0; at < ids.length; at += tracesPerLoad) {
    signal.throwIfAborted();
    const spansMax = limits.traceSpansMax - inspectedSpans;
    const loaded = await loadTraces(ask, { ...question, ids: ids.slice(at, at + tracesPerLoad), slots, spansMax });
    inspectedSpans += loaded.spans;
    for (const trace of loaded.traces) {
      const spans = new Set(evaluate(trace).flatMap((set) => set.spans));
      for (const span of spans) gather.add(span, trace);
    }
    refuseTooMany(gather.gathered.size, limits);
    if (inspectedSpans >= limits.traceSpansMax) {
      partial = `${limits.traceSpansMax} spans were looked at (limits.query.traceSpansMax); narrow the time range or the first filter`;
      break;
    }
  }
  const groups = [...gather.gathered.values()].map((group) => groupOf(stage, group));
  return { groups, inspectedSpans, ...(partial !== undefined && { partial }) };
}

function withFields(fields: readonly Field[], more: readonly Field[]): Field[] {
  const all = new Map(fields.map((field) => [fieldKey(field), field]));
  for (const field of more) eachIn(field, (one) => all.set(fieldKey(one), one));
  return [...all.values()];
}

function gathering(stage: SeriesStage, grid: Grid, evaluatorFor: (field: Field) => Evaluate) {
  const by = stage.by.map((field) => [printField(field), evaluatorFor(field)] as const);
  const read = stage.field && evaluatorFor(stage.field);
  const bucketed = stage.op === 'histogram_over_time' || stage.op === 'quantile_over_time';
  const gathered = new Map<string, Gathered>();
  const add = (span: TraceSpan, trace: Trace): void => {
    const index = indexOf(grid, span.startNs);
    if (index === undefined) return;
    const value = read?.(span, trace);
    const number = numberOf(value);
    if (read !== undefined && number === undefined) return;
    const seconds = value?.type === 'duration' ? 1e9 : 1;
    const bound = bucketed ? bucketBound(number ?? 0, value?.type ?? '') : undefined;
    if (bucketed && bound === undefined) return;
    const labels = by.map(([name, evaluate]) => ({ name, value: evaluate(span, trace) }));
    const key = `${bound ?? ''}\u0001${labels.map((label) => keyOf(label.value)).join('\u0001')}`;
    let group = gathered.get(key);
    if (group === undefined) {
      group = { labels, ...(bound !== undefined && { bound: bound / seconds }), points: new Map() };
      gathered.set(key, group);
    }
    addTo(group.points, index, (number ?? 0) / seconds, span.startNs);
  };
  return { gathered, add };
}

function addTo(points: Map<number, Point>, index: number, value: number, ns: bigint): void {
  const point = points.get(index) ?? { count: 0, sum: 0, min: value, max: value, newestNs: ns };
  points.set(index, point);
  point.count++;
  point.sum += value;
  point.min = Math.min(point.min, value);
  point.max = Math.max(point.max, value);
  if (ns > point.newestNs) point.newestNs = ns;
}

function groupOf({ op }: SeriesStage, { labels, bound, points }: Gathered): Group {
  const entries = [...points.values()];
  return {
    labels,
    ...(bound !== undefined && { bound }),
    indexes: [...points.keys()],
    values: entries.map((point) => pointValue(op, point)),
    newestNs: entries.map(({ newestNs }) => newestNs),
  };
}

function pointValue(op: SeriesStage['op'], point: Point): number {
  switch (op) {
    case 'min_over_time':
      return point.min;
    case 'max_over_time':
      return point.max;
    case 'sum_over_time':
      return point.sum;
    case 'avg_over_time':
      return point.sum / point.count;
    case 'rate':
    case 'count_over_time':
    case 'histogram_over_time':
    case 'quantile_over_time':
      return point.count;
  }
}
