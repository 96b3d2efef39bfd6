/** A series in chunks, in the order of their times: floats and histograms each in their own. */
import type { HistogramSample, SeriesColumns } from '#model';
import { BitWriter } from './bits.ts';
import { histogramChunk, histogramRunEnd, isWhole } from './histograms.ts';
import { xorChunk } from './xor.ts';

/** Numbers of `prometheus.Chunk.Encoding`. */
const XOR = 1;
const HISTOGRAM = 2;
const FLOAT_HISTOGRAM = 3;

export interface Chunk {
  readonly encoding: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly data: Buffer;
}

/** As many as Prometheus puts into one. */
const samplesMax = 120;

export function* chunksOf(series: SeriesColumns): Generator<Chunk> {
  const { timesMs, values, histograms = [] } = series;
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  const bits = new BitWriter();
  let float = 0;
  let histogram = 0;
  while (float < timesMs.length || histogram < histograms.length) {
    const from = { float, histogram };
    float = endBefore(timesMs, float, histograms[histogram]?.timeMs);
    if (float > from.float) {
      const data = xorChunk(bits, { timesMs, words, from: from.float, to: float });
      const [minMs, maxMs] = [timesMs[from.float] as number, timesMs[float - 1] as number];
      yield { encoding: XOR, minMs, maxMs, data };
      continue;
    }
    histogram = histogramEnd(histograms, histogram, timesMs[float]);
    yield histogramsIn(bits, histograms.slice(from.histogram, histogram));
  }
}

function endBefore(timesMs: Float64Array, from: number, stopMs = Number.POSITIVE_INFINITY): number {
  const last = Math.min(timesMs.length, from + samplesMax);
  let end = from;
  while (end < last && (timesMs[end] as number) <= stopMs) end++;
  return end;
}

/** Past at least one. */
function histogramEnd(samples: readonly HistogramSample[], from: number, stopMs = Number.POSITIVE_INFINITY): number {
  const last = Math.min(samples.length, from + samplesMax);
  let end = from + 1;
  while (end < last && (samples[end] as HistogramSample).timeMs < stopMs) end++;
  return histogramRunEnd(samples, from, end);
}

function histogramsIn(bits: BitWriter, run: readonly HistogramSample[]): Chunk {
  const [first, last] = [run[0], run.at(-1)] as [HistogramSample, HistogramSample];
  return {
    encoding: isWhole(first.histogram) ? HISTOGRAM : FLOAT_HISTOGRAM,
    minMs: first.timeMs,
    maxMs: last.timeMs,
    data: histogramChunk(bits, run),
  };
}
