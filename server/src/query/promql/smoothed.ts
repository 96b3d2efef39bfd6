import type { VectorSelector } from '@farol/promql';
import { labelValue } from '#model';
import { setElement } from './binary.ts';
import type { Context } from './context.ts';
import { firstWhere, interpolate } from './edges.ts';
import type { Element } from './elements.ts';
import { between } from './histograms/extended.ts';
import { usesCustomBuckets } from './histograms/histogram.ts';
import type { Noted } from './histograms/rate.ts';
import { METRIC_NAME } from './labelset.ts';
import { rawOf } from './select.ts';
import { referenceOf } from './timing.ts';
import { type Grid, type GridSeries, isEmpty, newSeries, type RawSeries } from './values.ts';

/** `m smoothed`: each series' value on the line between the samples before and after each step. */
export async function selectSmoothed(expr: VectorSelector, grid: Grid, ctx: Context): Promise<GridSeries[]> {
  const reference = referenceOf(expr, ctx);
  const out: GridSeries[] = [];
  for (const column of ctx.columnsOf(expr)) {
    const raw = rawOf(column);
    const noted = { labels: raw.labels, notes: ctx.notes, at: expr };
    const histograms = raw.histograms.length === 0 ? undefined : new Array(grid.steps);
    const series: GridSeries = { ...newSeries(raw.labels, grid.steps, false), histograms };
    for (let step = 0; step < grid.steps; step++) {
      const timeMs =
        reference.kind === 'fixed' ? reference.timeMs : grid.startMs + step * grid.stepMs - reference.offsetMs;
      const element = elementAt(raw, timeMs, ctx.lookbackMs, noted);
      if (element !== undefined) setElement(series, step, element);
    }
    if (!isEmpty(series)) {
      out.push(series);
      ctx.pace.hold(grid.steps);
    }
    if (ctx.pace.isDue()) await ctx.pace.rest();
  }
  return out;
}

function elementAt(raw: RawSeries, timeMs: number, reachMs: number, noted: Noted): Element | undefined {
  const floats = around(raw.timesMs, timeMs, reachMs);
  const histograms = around(raw.histogramTimesMs, timeMs, reachMs);
  if (floats.from < floats.to && histograms.from < histograms.to) {
    noted.notes.mixedFloatsHistograms(labelValue(raw.labels, METRIC_NAME), noted.at);
    return undefined;
  }
  return histograms.from < histograms.to ? histogramAt(raw, histograms, timeMs, noted) : floatAt(raw, floats, timeMs);
}

/** The samples within reach of a time, [from, to), and the first of them that is not before it. */
interface Near {
  readonly from: number;
  readonly next: number;
  readonly to: number;
}

function around(times: Float64Array, timeMs: number, reachMs: number): Near {
  const from = firstWhere(times, 0, times.length, (each) => each > timeMs - reachMs);
  const next = firstWhere(times, from, times.length, (each) => each >= timeMs);
  return { from, next, to: firstWhere(times, next, times.length, (each) => each > timeMs + reachMs) };
}

function floatAt(raw: RawSeries, { from, next, to }: Near, timeMs: number): number | undefined {
  if (next < to && raw.timesMs[next] === timeMs) return raw.values[next];
  if (next === from) return undefined;
  return next < to ? interpolate(raw, next - 1, timeMs, false) : raw.values[next - 1];
}

function histogramAt(raw: RawSeries, { from, next, to }: Near, timeMs: number, noted: Noted) {
  const [before, after] = [raw.histograms[next - 1], raw.histograms[next]];
  if (next < to && raw.histogramTimesMs[next] === timeMs) return after;
  if (next === from || before === undefined) return undefined;
  // A hint tells of the sample before, not of a value that is carried on.
  if (next === to || after === undefined) return { ...before, resetHint: 'unknown' as const };
  if (usesCustomBuckets(before) !== usesCustomBuckets(after)) {
    noted.notes.mixedSchemas(labelValue(raw.labels, METRIC_NAME), noted.at);
    return undefined;
  }
  const points = [before, after].map((element, i) => {
    return { timeMs: raw.histogramTimesMs[next - 1 + i] ?? 0, startMs: 0, element };
  });
  const isCounter = !(before.resetHint === 'gauge' && after.resetHint === 'gauge');
  return between(points, 0, timeMs, isCounter, noted);
}
