import { formatFloat, goQuote } from '@farol/promql';
import { type Labels, labelsKey } from '#model';
import type { Aggregation } from './aggregate.ts';
import { failed } from './failures.ts';
import { histogramText } from './histograms/histogram.ts';
import { isLabelName, keepNames, METRIC_NAME, withLabel, withoutNames } from './labelset.ts';
import { FLOAT, type GridSeries, HISTOGRAM, newSeries, type VectorValue } from './values.ts';

/** One series per group and value, counting how often the value occurs. */
export async function countValues({ expr, input, param, grid, ctx }: Aggregation): Promise<VectorValue> {
  if (param?.kind !== 'string') throw new Error('the checker promised a string parameter');
  const label = param.value;
  if (!isLabelName(label)) throw failed(`invalid label name ${goQuote(label)}`);
  const kept = new Set([...expr.grouping, label]);
  const dropped = new Set([...expr.grouping, METRIC_NAME]);
  const groupLabels = (labels: Labels): Labels =>
    expr.without ? withoutNames(labels, dropped) : keepNames(labels, kept);
  const byKey = new Map<string, GridSeries>();
  for (const { labels, values, present, histograms } of input.series) {
    const ownByValue = new Map<number, GridSeries>();
    for (let i = 0; i < grid.steps; i++) {
      const histogram = present[i] === HISTOGRAM ? histograms?.[i] : undefined;
      if (histogram !== undefined) {
        const own = seriesFor(groupLabels(withLabel(labels, label, histogramText(histogram))), byKey, grid.steps);
        own.values[i] = (own.values[i] ?? 0) + 1;
        own.present[i] = FLOAT;
      }
      if (present[i] !== FLOAT) continue;
      const value = values[i] ?? 0;
      let out = ownByValue.get(value);
      if (out === undefined || value === 0) {
        out = seriesFor(groupLabels(withLabel(labels, label, formatFloat(value))), byKey, grid.steps);
        ownByValue.set(value, out);
      }
      out.values[i] = (out.values[i] ?? 0) + 1;
      out.present[i] = FLOAT;
    }
    if (ctx.pace.isDue()) await ctx.pace.rest();
  }
  return { kind: 'vector', series: [...byKey.values()] };
}

function seriesFor(labels: Labels, byKey: Map<string, GridSeries>, steps: number): GridSeries {
  const key = labelsKey(labels);
  const known = byKey.get(key);
  if (known !== undefined) return known;
  const series = newSeries(labels, steps, false);
  byKey.set(key, series);
  return series;
}
