import { parseDurationMs, type SeriesDescription } from '../../packages/promql/src/index.ts';
import {
  type HistogramSample,
  type Labels,
  labelsFrom,
  labelsKey,
  labelValue,
  type Matcher,
  type SeriesColumns,
  setStaleAt,
} from '../../server/src/model/index.ts';
import { compilePattern } from '../../server/src/query/promql/patterns.ts';
import type { MetricQuestion } from '../../server/src/store/contract.ts';
import { asStored, convertClassic, type StepValue, stepsOf } from './promqltest-histograms.ts';
import type { LoadedSeries } from './promqltest-script.ts';

interface StoredSeries {
  readonly labels: Labels;
  /** By time; a later load of the same time wins. */
  readonly samples: Map<number, StepValue>;
  /** When the samples' counts began, by the samples' times. */
  readonly starts: Map<number, number>;
}

/** Series in memory behind the store's `select`, for tests of what reads them. */
export class SeriesInMemory {
  private readonly byKey = new Map<string, StoredSeries>();

  clear(): void {
    this.byKey.clear();
  }

  /** Adds series, a value every `stepMs` from the epoch on; with NHCB, classic histograms as native ones besides. */
  load(series: readonly LoadedSeries[], { stepMs, withNhcb }: { stepMs: number; withNhcb: boolean }): void {
    const floats: { labels: Labels; timeMs: number; value: number }[] = [];
    for (const description of series) {
      const labels = labelsOf(description);
      const starts = startsOf(description.startsText ?? '');
      for (const [index, value] of stepsOf(description.values).entries()) {
        if (value.kind === 'omitted') continue;
        this.put(labels, index * stepMs, value, starts[index]);
        if (value.kind === 'float') floats.push({ labels, timeMs: index * stepMs, value: value.value });
      }
    }
    if (!withNhcb) return;
    for (const { labels, timeMs, histogram } of convertClassic(floats)) {
      this.put(labels, timeMs, { kind: 'histogram', histogram, statesHint: false });
    }
  }

  private put(labels: Labels, timeMs: number, value: StepValue, startOffsetMs?: number): void {
    const key = labelsKey(labels);
    const stored = this.byKey.get(key) ?? { labels, samples: new Map(), starts: new Map() };
    this.byKey.set(key, stored);
    stored.samples.set(timeMs, value);
    if (startOffsetMs !== undefined) stored.starts.set(timeMs, timeMs + startOffsetMs);
  }

  select = async ({ matchers, startMs, endMs }: MetricQuestion): Promise<SeriesColumns[]> => {
    const tests = matchers.map(testOf);
    const answer: SeriesColumns[] = [];
    for (const { labels, samples, starts } of this.byKey.values()) {
      if (!tests.every((test) => test(labels))) continue;
      const inWindow = asStored([...samples].sort((a, b) => a[0] - b[0])).filter(
        ([timeMs]) => timeMs >= startMs && timeMs <= endMs,
      );
      if (inWindow.length > 0) answer.push(columnsOf(labels, inWindow, starts));
    }
    return answer;
  };
}

export function labelsOf({ labels }: SeriesDescription): Labels {
  return labelsFrom(labels.map(({ name, value }) => [name, value] as const));
}

function testOf({ name, kind, value }: Matcher): (labels: Labels) => boolean {
  if (kind === '=') return (labels) => labelValue(labels, name) === value;
  if (kind === '!=') return (labels) => labelValue(labels, name) !== value;
  const pattern = compilePattern(value);
  return (labels) => pattern.matcher(labelValue(labels, name)).find() === (kind === '=~');
}

/** Distances from each sample's time to its start, as in `_ -30s-1mx2 -1ms`; nothing where there is `_`. */
function startsOf(text: string): (number | undefined)[] {
  return (text.match(/\S+/g) ?? []).flatMap((item) => {
    const omitted = /^_(?:x(\d+))?$/.exec(item);
    if (omitted !== null) return new Array<undefined>(Number(omitted[1] ?? 1)).fill(undefined);
    const match = /^([+-]?)(\d[\da-z]*?)(?:([+-])(\d[\da-z]*?))?(?:x(\d+))?$/.exec(item);
    const [, sign, base = '', stepSign, step = '0', times = '0'] = match ?? [];
    const firstMs = signed(sign, base);
    const stepMs = signed(stepSign, step);
    if (Number.isNaN(firstMs + stepMs)) throw new Error(`not a start timestamp: ${item}`);
    return Array.from({ length: Number(times) + 1 }, (_, i) => firstMs + i * stepMs);
  });
}

function signed(sign: string | undefined, duration: string): number {
  const ms = duration === '0' ? 0 : (parseDurationMs(duration) ?? Number.NaN);
  return sign === '-' ? -ms : ms;
}

function columnsOf(
  labels: Labels,
  samples: readonly (readonly [timeMs: number, value: StepValue])[],
  starts: ReadonlyMap<number, number>,
): SeriesColumns {
  const floats = samples.filter(([, value]) => value.kind !== 'histogram');
  const values = new Float64Array(floats.length);
  const bits = new Uint32Array(values.buffer);
  for (const [index, [, value]] of floats.entries()) {
    if (value.kind === 'float') values[index] = value.value;
    else setStaleAt(bits, index);
  }
  const histograms = samples.flatMap(([timeMs, value]): HistogramSample[] =>
    value.kind === 'histogram' ? [{ timeMs, histogram: value.histogram, startMs: starts.get(timeMs) }] : [],
  );
  return {
    labels,
    timesMs: Float64Array.from(floats, ([timeMs]) => timeMs),
    values,
    startsMs: starts.size === 0 ? undefined : Float64Array.from(floats, ([timeMs]) => starts.get(timeMs) ?? 0),
    histograms: histograms.length > 0 ? histograms : undefined,
  };
}
