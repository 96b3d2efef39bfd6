/**
 * What a large request holds, in portions that the store takes in a few milliseconds each: it copies every row it is given.
 * A sender that repeats a request of which some portions were written does no harm: the same sample twice is one sample.
 */
import type { ExemplarRow, HistogramRow, MetadataRow } from '#model';
import type { SampleBuffer } from '#normalise';
import type { WriteBatch } from '#store';
import { nothing, type Scanned, type Written } from './items.ts';

export interface Portion {
  readonly batch: WriteBatch;
  readonly written: Written;
}

const samplesMax = 10_000;
const othersMax = 1_000;

/** Nothing when the request holds nothing that is to be stored. Metadata goes with the first. */
export function* portionsOf(tenant: string, found: Scanned): Generator<Portion> {
  const begun = { samples: found.zeros, histograms: found.emptyHistograms, exemplars: [], metadata: [] };
  for (const { batch } of portions(tenant, begun)) yield { batch, written: nothing };
  yield* portions(tenant, found);
}

interface Rows {
  readonly samples: SampleBuffer;
  readonly histograms: readonly HistogramRow[];
  readonly exemplars: readonly ExemplarRow[];
  readonly metadata: readonly MetadataRow[];
}

function* portions(tenant: string, found: Rows): Generator<Portion> {
  const { histograms, exemplars, metadata } = found;
  const samples = found.samples.columns();
  const samplesCount = samples?.count ?? 0;
  const steps = Math.max(
    Math.ceil(samplesCount / samplesMax),
    Math.ceil(histograms.length / othersMax),
    Math.ceil(exemplars.length / othersMax),
    metadata.length > 0 ? 1 : 0,
  );
  for (let step = 0; step < steps; step++) {
    const from = step * samplesMax;
    const to = Math.min(samplesCount, from + samplesMax);
    const others = [step * othersMax, (step + 1) * othersMax] as const;
    const batch = {
      tenant,
      ...(samples && to > from && { samples: columnsBetween(samples, from, to) }),
      histograms: histograms.slice(...others),
      exemplars: exemplars.slice(...others),
      metadata: step === 0 ? metadata : [],
    };
    const written = { histograms: batch.histograms.length, exemplars: batch.exemplars.length };
    yield { batch, written: { samples: Math.max(0, to - from), ...written } };
  }
}

function columnsBetween(columns: NonNullable<WriteBatch['samples']>, from: number, to: number): typeof columns {
  return {
    count: to - from,
    refs: columns.refs.subarray(from, to),
    timesMs: columns.timesMs.subarray(from, to),
    values: columns.values.subarray(from, to),
  };
}
