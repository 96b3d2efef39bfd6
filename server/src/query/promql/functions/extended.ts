import { labelValue } from '#model';
import { setElement } from '../binary.ts';
import { edgeValues, endsOf, firstWhere, insideOf } from '../edges.ts';
import type { Element } from '../elements.ts';
import { failed } from '../failures.ts';
import { extendedHistogramRate } from '../histograms/extended.ts';
import type { RateKind } from '../histograms/rate.ts';
import { edgesOf, type MixedWindow } from '../histograms/window.ts';
import { type Frame, slide } from '../kernels/windows.ts';
import { METRIC_NAME } from '../labelset.ts';
import { type Extension, type GridSeries, newSeries, type RangeValue, type RawSeries } from '../values.ts';
import type { Call } from './call.ts';
import { countPairs, hasChanged, hasReset } from './rangehistograms.ts';

/** What may be asked of windows whose ends are made from samples outside. */
const allowed: Readonly<Record<Extension['kind'], readonly string[]>> = {
  anchored: ['changes', 'delta', 'increase', 'rate', 'resets'],
  smoothed: ['delta', 'increase', 'rate'],
};

/** Refuses the functions that extended range selectors do not go with. */
export function checkExtended(range: RangeValue, { expr }: Call): void {
  if (range.extended === undefined) return;
  const { kind } = range.extended;
  const names = allowed[kind];
  if (names.includes(expr.func.name)) return;
  throw failed(`${kind} modifier can only be used with: ${names.join(', ')} - not with ${expr.func.name}`);
}

/** One series under an extended range selector: nothing is stretched, the samples outside say what the ends were. */
export function extendedSeries(raw: RawSeries, frame: Frame, extended: Extension, call: Call): GridSeries {
  const after = extended.kind === 'smoothed' ? extended.reachMs : 0;
  const rangeMs = frame.rangeMs + extended.reachMs + after;
  const reach = { ...frame, rangeMs, endsMs: frame.endsMs.map((endMs) => endMs + after) };
  slide(raw.timesMs, reach, frame.from, frame.to);
  const [from, to] = [new Int32Array(frame.steps), new Int32Array(frame.steps)];
  slide(raw.histogramTimesMs, reach, from, to);
  const histograms = raw.histograms.length === 0 ? undefined : new Array(frame.steps);
  const out: GridSeries = { ...newSeries(raw.labels, frame.steps, true), histograms };
  const at = call.expr.args[0] ?? call.expr;
  for (let step = 0; step < frame.steps; step++) {
    const window: MixedWindow = {
      ...{ raw, frame, step, labels: raw.labels, notes: call.ctx.notes, at },
      floats: [frame.from[step] ?? 0, frame.to[step] ?? 0],
      histograms: [from[step] ?? 0, to[step] ?? 0],
    };
    const element = answer(window, call.expr.func.name, extended.kind === 'smoothed');
    if (element !== undefined) setElement(out, step, element);
  }
  return out;
}

function answer(window: MixedWindow, name: string, isSmoothed: boolean): Element | undefined {
  if (name === 'changes' || name === 'resets') {
    const anchored = fromAnchor(window);
    return anchored && countPairs(anchored, name === 'changes' ? hasChanged : hasReset);
  }
  const hasFloats = window.floats[0] < window.floats[1];
  const hasHistograms = window.histograms[0] < window.histograms[1];
  if (hasFloats && hasHistograms) {
    window.notes.mixedFloatsHistograms(labelValue(window.labels, METRIC_NAME), window.at);
    return undefined;
  }
  const kind = name as RateKind;
  if (hasHistograms) return extendedHistogramRate(window, kind, isSmoothed);
  return hasFloats ? extendedRate(window, kind, isSmoothed) : undefined;
}

/** The window from the newest sample at or before its start on. Undefined when nothing follows that sample. */
function fromAnchor(window: MixedWindow): MixedWindow | undefined {
  const { raw, floats, histograms } = window;
  const { startMs } = edgesOf(window, false);
  const isInside = (timeMs: number): boolean => timeMs > startMs;
  const float = firstWhere(raw.timesMs, ...floats, isInside);
  const histogram = firstWhere(raw.histogramTimesMs, ...histograms, isInside);
  if (float === floats[1] && histogram === histograms[1]) return undefined;
  const floatMs = float > floats[0] ? (raw.timesMs[float - 1] ?? 0) : Number.NEGATIVE_INFINITY;
  const histogramMs = histogram > histograms[0] ? (raw.histogramTimesMs[histogram - 1] ?? 0) : Number.NEGATIVE_INFINITY;
  const isFloat = float > floats[0] && floatMs >= histogramMs;
  const isHistogram = histogram > histograms[0] && !isFloat;
  return {
    ...window,
    floats: [isFloat ? float - 1 : float, floats[1]],
    histograms: [isHistogram ? histogram - 1 : histogram, histograms[1]],
  };
}

function extendedRate(window: MixedWindow, kind: RateKind, isSmoothed: boolean): number | undefined {
  const { raw, floats, frame } = window;
  const edges = edgesOf(window, isSmoothed);
  const ends = endsOf(raw.timesMs, floats, edges);
  if (ends === undefined || (raw.timesMs[ends.first] ?? 0) > edges.endMs) return undefined;
  const { left, right } = edgeValues(raw, ends, edges, floats[0], kind !== 'delta');
  let change = right - left;
  if (kind !== 'delta') {
    let before = left;
    const [from, to] = insideOf(raw.timesMs, ends, edges);
    for (let i = from; i < to; i++) {
      const value = raw.values[i] ?? 0;
      if (value < before) change += before;
      before = value;
    }
    if (right < before) change += before;
  }
  return kind === 'rate' ? change / (frame.rangeMs / 1000) : change;
}
