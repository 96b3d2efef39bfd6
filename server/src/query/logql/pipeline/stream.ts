import { type Labels, noLabels } from '#model';
import type { EntryBatch } from '../contract.ts';

/** A stream as the pipeline meets it: its labels by name, looked up for every line. */
export interface Stream {
  readonly index: number;
  readonly labels: Labels;
  readonly values: ReadonlyMap<string, string>;
}

export function streamOf(labels: Labels, index: number): Stream {
  const values = new Map<string, string>();
  for (let i = 0; i < labels.length; i += 2) values.set(labels[i] ?? '', labels[i + 1] ?? '');
  return { index, labels, values };
}

/** The streams of one reader, whose indexes are the same from batch to batch. */
export class StreamTable {
  private readonly streams: (Stream | undefined)[] = [];

  /** The stream of entry `index` of the batch. */
  at(batch: EntryBatch, index: number): Stream {
    const streamIndex = batch.streamOf[index] ?? 0;
    const known = this.streams[streamIndex];
    if (known !== undefined) return known;
    const stream = streamOf(batch.streams[streamIndex] ?? noLabels, streamIndex);
    this.streams[streamIndex] = stream;
    return stream;
  }
}
