import type { AggregateExpr, Grouping, MetricExpr, RangeOp } from '@farol/logql';
import { noLabels, Refusal } from '#model';
import type { MetricContext } from '../context.ts';
import { aggregate } from './aggregate.ts';
import { combine } from './binary.ts';
import { replaceLabel } from './labelreplace.ts';
import { evaluateRange } from './range.ts';
import { newSeries, type StepSeries, type StepValue } from './series.ts';

/** Evaluates an expression over the context's grid. */
export async function evaluate(expr: MetricExpr, ctx: MetricContext): Promise<StepValue> {
  switch (expr.kind) {
    case 'number':
      return { kind: 'scalar', value: expr.value };
    case 'vector':
      return vector([constant(expr.value, ctx.grid.steps)]);
    case 'range':
      return vector(await evaluateRange(expr, ctx));
    case 'aggregate':
      return evaluateAggregate(expr, ctx);
    case 'label_replace':
      return vector(replaceLabel(expr, seriesOf(await evaluate(expr.expr, ctx), ctx)));
    case 'binary': {
      const left = await evaluate(expr.left, ctx);
      const right = await evaluate(expr.right, ctx);
      return vector(await combine(expr, left, right, ctx));
    }
  }
}

function vector(series: readonly StepSeries[]): StepValue {
  return { kind: 'vector', series };
}

/** One series without labels, the same at every step. */
export function constant(value: number, steps: number): StepSeries {
  const series = newSeries(noLabels, steps);
  series.values.fill(value);
  series.present.fill(1);
  return series;
}

function seriesOf(value: StepValue, { grid }: MetricContext): readonly StepSeries[] {
  return value.kind === 'vector' ? value.series : [constant(value.value, grid.steps)];
}

const additive: ReadonlySet<RangeOp> = new Set<RangeOp>([
  ...(['count_over_time', 'rate', 'bytes_over_time', 'bytes_rate', 'sum_over_time'] as const),
]);
const single: Grouping = { without: false, labels: [] };

async function evaluateAggregate(expr: AggregateExpr, ctx: MetricContext): Promise<StepValue> {
  const { op, expr: inner } = expr;
  if (op === 'approx_topk' && !ctx.grid.isInstant) {
    throw new Refusal('approx_topk is only supported on instant queries', { code: 'BAD_REQUEST' });
  }
  // Sums of sums: the range aggregation may as well count under the sum's own labels.
  if (op === 'sum' && inner.kind === 'range' && additive.has(inner.op)) {
    return vector(await evaluateRange(inner, ctx, expr.grouping ?? single));
  }
  const input = seriesOf(await evaluate(inner, ctx), ctx);
  return vector(await aggregate(expr, input, ctx));
}
