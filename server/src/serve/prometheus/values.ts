/** Query values as JSON text, piece by piece: an answer of ten million points never exists as objects. */

import type { Labels, NativeHistogram, SeriesColumns } from '#model';
import type { QueryValue } from '#query/promql';
import { plainText, sampleText, secondsText } from './float.ts';
import { histogramJson } from './histograms.ts';

const chunkChars = 64 * 1024;
/** Range answers have at most this many distinct times, so remembering them is bounded and always hits. */
const timeTextsMax = 20_000;

/** The `data` object of a query's answer; `stats` is its JSON, when asked for. */
export function* queryDataChunks(value: QueryValue, stats: string | undefined): Generator<string> {
  const tail = stats === undefined ? '}' : `,"stats":${stats}}`;
  let text = `{"resultType":"${value.kind}","result":`;
  for (const piece of resultPieces(value)) {
    text += piece;
    if (text.length >= chunkChars) {
      yield text;
      text = '';
    }
  }
  yield text + tail;
}

/** A floor under the answer's size, cheap to know before anything is written. */
export function answerBytesMin(value: QueryValue): number {
  const bytesPerPoint = 20;
  if (value.kind === 'vector') return value.labels.length * bytesPerPoint;
  if (value.kind !== 'matrix') return 0;
  let points = 0;
  for (const series of value.series) points += series.timesMs.length;
  return points * bytesPerPoint;
}

export function labelsJson(labels: Labels): string {
  let text = '{';
  for (let i = 0; i < labels.length; i += 2) {
    text += `${i === 0 ? '' : ','}${JSON.stringify(labels[i])}:${JSON.stringify(labels[i + 1])}`;
  }
  return `${text}}`;
}

function* resultPieces(value: QueryValue): Generator<string> {
  switch (value.kind) {
    case 'scalar':
      yield `[${secondsText(value.timeMs)},"${plainText(value.value)}"]`;
      return;
    case 'string':
      yield `[${secondsText(value.timeMs)},${JSON.stringify(value.value)}]`;
      return;
    case 'vector':
      yield* vectorPieces(value);
      return;
    case 'matrix':
      yield* matrixPieces(value.series);
      return;
  }
}

function* vectorPieces(vector: QueryValue & { kind: 'vector' }): Generator<string> {
  const seconds = secondsText(vector.timeMs);
  yield '[';
  for (let i = 0; i < vector.labels.length; i++) {
    const histogram = vector.histograms?.[i];
    const sample = histogram
      ? `"histogram":[${seconds},${histogramJson(histogram)}]`
      : `"value":[${seconds},"${sampleText(vector.values[i] ?? Number.NaN)}"]`;
    yield `${i === 0 ? '' : ','}{"metric":${labelsJson(vector.labels[i] ?? [])},${sample}}`;
  }
  yield ']';
}

function* matrixPieces(matrix: readonly SeriesColumns[]): Generator<string> {
  const timeTexts = new Map<number, string>();
  yield '[';
  for (const [index, series] of matrix.entries()) {
    yield `${index === 0 ? '' : ','}{"metric":${labelsJson(series.labels)}`;
    if (series.timesMs.length > 0) yield* floatPieces(series, timeTexts);
    if (series.histograms?.length) yield* histogramPieces(series.histograms);
    yield '}';
  }
  yield ']';
}

/** Hot: one string per few hundred points, so that a piece stays small and a generator step is rare. */
function* floatPieces({ timesMs, values }: SeriesColumns, timeTexts: Map<number, string>): Generator<string> {
  let text = ',"values":[';
  for (let i = 0; i < timesMs.length; i++) {
    const timeMs = timesMs[i] ?? 0;
    let head = timeTexts.get(timeMs);
    if (head === undefined) {
      head = `[${secondsText(timeMs)},"`;
      if (timeTexts.size < timeTextsMax) timeTexts.set(timeMs, head);
    }
    text += `${i === 0 ? '' : ','}${head}${sampleText(values[i] ?? Number.NaN)}"]`;
    if (text.length >= chunkChars) {
      yield text;
      text = '';
    }
  }
  yield `${text}]`;
}

function* histogramPieces(samples: readonly { timeMs: number; histogram: NativeHistogram }[]): Generator<string> {
  let text = ',"histograms":[';
  for (const [i, { timeMs, histogram }] of samples.entries()) {
    text += `${i === 0 ? '' : ','}[${secondsText(timeMs)},${histogramJson(histogram)}]`;
    if (text.length >= chunkChars) {
      yield text;
      text = '';
    }
  }
  yield `${text}]`;
}
