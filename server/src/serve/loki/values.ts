/** Query answers as JSON text, piece by piece, character for character as Loki writes them. */

import { groupEntries, type LogEntry, type LogqlAnswer, type LogqlStats, type LogqlValue } from '#query/logql';
import { plainText, secondsText } from '../prometheus/float.ts';
import { labelsJson } from '../prometheus/values.ts';

/** The flag of `X-Loki-Response-Encoding-Flags`: a line's third cell says which labels are metadata, which were parsed. */
export const categorizeLabels = 'categorize-labels';

const chunkChars = 64 * 1024;

export function* answerChunks({ value, stats }: LogqlAnswer, categorized: boolean): Generator<string> {
  const flags = categorized && value.kind === 'streams' ? `"encodingFlags":["${categorizeLabels}"],` : '';
  let text = `{"status":"success","data":{"resultType":"${value.kind}",${flags}"result":`;
  for (const piece of pieces(value, categorized)) {
    text += piece;
    if (text.length >= chunkChars) {
      yield text;
      text = '';
    }
  }
  yield `${text},"stats":${statsJson(value, stats)}}}`;
}

function* pieces(value: LogqlValue, categorized: boolean): Generator<string> {
  switch (value.kind) {
    case 'streams':
      yield '[';
      yield* streamPieces(value.entries, categorized);
      yield ']';
      return;
    case 'matrix':
      yield '[';
      for (const [i, { labels, timesMs, values }] of value.series.entries()) {
        const points = timesMs.map((timeMs, k) => sampleJson(timeMs, values[k] ?? Number.NaN));
        yield `${i === 0 ? '' : ','}{"metric":${labelsJson(labels)},"values":[${points.join(',')}]}`;
      }
      yield ']';
      return;
    case 'vector':
      yield '[';
      for (const [i, { labels, value: sample }] of value.samples.entries()) {
        yield `${i === 0 ? '' : ','}{"metric":${labelsJson(labels)},"value":${sampleJson(value.timeMs, sample)}}`;
      }
      yield ']';
      return;
    case 'scalar':
      yield sampleJson(value.timeMs, value.value);
      return;
  }
}

const sampleJson = (timeMs: number, value: number): string => `[${secondsText(timeMs)},"${plainText(value)}"]`;

/** The streams' objects, with the commas between them. */
export function* streamPieces(entries: readonly LogEntry[], categorized: boolean): Generator<string> {
  for (const [i, stream] of groupEntries(entries, { categorized }).entries()) {
    yield `${i === 0 ? '' : ','}{"stream":${labelsJson(stream.labels)},"values":[`;
    for (const [k, entry] of stream.entries.entries()) {
      const third = categorized ? `,${categoriesJson(entry)}` : '';
      yield `${k === 0 ? '' : ','}["${entry.timeNs}",${JSON.stringify(entry.line)}${third}]`;
    }
    yield ']}';
  }
}

function categoriesJson({ labels }: LogEntry): string {
  const fields: string[] = [];
  if (labels.metadata.length > 0) fields.push(`"structuredMetadata":${labelsJson(labels.metadata)}`);
  if (labels.parsed.length > 0) fields.push(`"parsed":${labelsJson(labels.parsed)}`);
  return `{${fields.join(',')}}`;
}

/** A floor under the answer's size, cheap to know before anything is written. */
export function answerBytesMin(value: LogqlValue): number {
  const bytesPerPoint = 20;
  switch (value.kind) {
    case 'streams':
      return value.entries.reduce((sum, { line }) => sum + line.length + bytesPerPoint, 0);
    case 'matrix':
      return value.series.reduce((sum, { timesMs }) => sum + timesMs.length * bytesPerPoint, 0);
    case 'vector':
      return value.samples.length * bytesPerPoint;
    case 'scalar':
      return bytesPerPoint;
  }
}

function statsJson(value: LogqlValue, { linesRead, bytesRead, linesKept, totalMs }: LogqlStats): string {
  const seconds = totalMs / 1000;
  const perSecond = (amount: number): number => (seconds > 0 ? Math.round(amount / seconds) : 0);
  const read = { compressedBytes: 0, decompressedBytes: bytesRead, decompressedLines: linesRead, totalDuplicates: 0 };
  const store = { ...read, chunksDownloadTime: 0, totalChunksRef: 0, totalChunksDownloaded: 0 };
  const heads = { headChunkBytes: 0, headChunkLines: 0 };
  const reached = { totalBatches: 0, totalChunksMatched: 0, totalLinesSent: 0, totalReached: 0 };
  const none = { ...read, decompressedBytes: 0, decompressedLines: 0 };
  return JSON.stringify({
    summary: {
      bytesProcessedPerSecond: perSecond(bytesRead),
      linesProcessedPerSecond: perSecond(linesRead),
      totalBytesProcessed: bytesRead,
      totalLinesProcessed: linesRead,
      totalPostFilterLines: linesKept,
      totalEntriesReturned: value.kind === 'streams' ? value.entries.length : 0,
      execTime: seconds,
      queueTime: 0,
      subqueries: 0,
      splits: 0,
      shards: 0,
    },
    querier: { store },
    store,
    ingester: { ...none, ...heads, ...reached },
  });
}
