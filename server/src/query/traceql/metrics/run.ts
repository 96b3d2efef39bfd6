/** A metrics query evaluated: each pipeline to series, then what is done with series. */
import type { CompareStage, MetricsExpr, MetricsPipeline, SeriesStage } from '@farol/traceql';
import { type Limits, Refusal } from '#model';
import type { Ask } from '../../stored/index.ts';
import { always } from '../comparison.ts';
import { conditionOf } from '../condition.ts';
import { oneFilter } from '../needs.ts';
import { type GroupQuestion, groupsBySql, sqlPlan } from './bysql.ts';
import { groupsByTraces } from './bytraces.ts';
import { comparison } from './compare.ts';
import { withExemplars } from './exemplars.ts';
import { seriesOf } from './firststage.ts';
import { applyStages, combined, scaled } from './second.ts';
import type { Series } from './series.ts';

export interface MetricsRun extends GroupQuestion {
  readonly exemplars: number;
}

export interface MetricsAnswer {
  readonly series: readonly Series[];
  /** Spans that were looked at one by one. */
  readonly inspectedSpans: number;
  /** Why the numbers are too small; absent when they are whole. */
  readonly partial?: string;
}

export async function evaluateMetrics(
  ask: Ask,
  expr: MetricsExpr,
  run: MetricsRun,
  limits: Limits['query'],
): Promise<MetricsAnswer> {
  const before = await firstOf(ask, expr, run, limits);
  return { ...before, series: applyStages(before.series, expr.after) };
}

async function firstOf(ask: Ask, expr: MetricsExpr, run: MetricsRun, limits: Limits['query']): Promise<MetricsAnswer> {
  switch (expr.kind) {
    case 'metrics':
      return expr.first.kind === 'compare'
        ? await compared(ask, expr, expr.first, run, limits)
        : await computed(ask, expr, expr.first, run, limits);
    case 'scaled': {
      const inner = await evaluateMetrics(ask, expr.expr, run, limits);
      return { ...inner, series: scaled(inner.series, expr) };
    }
    case 'math': {
      const lhs = await evaluateMetrics(ask, expr.lhs, run, limits);
      const rhs = await evaluateMetrics(ask, expr.rhs, run, limits);
      const partial = lhs.partial ?? rhs.partial;
      return {
        series: combined(expr.op, lhs.series, rhs.series),
        inspectedSpans: lhs.inspectedSpans + rhs.inspectedSpans,
        ...(partial !== undefined && { partial }),
      };
    }
  }
}

async function computed(
  ask: Ask,
  { pipeline }: MetricsPipeline,
  stage: SeriesStage,
  run: MetricsRun,
  limits: Limits['query'],
): Promise<MetricsAnswer> {
  const condition = oneFilter(pipeline.stages);
  const plan = sqlPlan(stage, condition);
  const seen =
    plan === undefined
      ? await groupsByTraces(ask, { pipeline, stage }, run, limits)
      : { groups: await groupsBySql(ask, plan, run, limits), inspectedSpans: 0 };
  const raw = seriesOf(stage, seen.groups, run.grid);
  const counted = plan === undefined ? always : plan.condition;
  const series = await withExemplars(ask, stage, raw, { ...run, limit: run.exemplars, condition: counted.sql });
  return { ...seen, series };
}

async function compared(
  ask: Ask,
  { pipeline }: MetricsPipeline,
  stage: CompareStage,
  run: MetricsRun,
  limits: Limits['query'],
): Promise<MetricsAnswer> {
  const condition = oneFilter(pipeline.stages);
  const selection = conditionOf(stage.selection.expr);
  if (!condition?.exact || !selection.exact) {
    throw new Refusal(
      "compare() is answered where each span's own fields decide: compare and filter by span, resource and intrinsic fields of the span",
      { code: 'UNSUPPORTED' },
    );
  }
  const series = await comparison(ask, { ...run, stage, condition, selection }, limits);
  return { series, inspectedSpans: 0 };
}
