import type { SampleColumns } from '#model';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { dayMs, dayOf, type Sightings } from '../catalogue/sightings.ts';
import { writeLabels } from './attributes.ts';
import type { ByteWriter } from './byte-writer.ts';

export const sampleColumns = 'tenant, metric, id, time, value';

/** RowBinary rows in the order of `sampleColumns`; notes the days on which the series were seen. Hot. */
export function writeSamples(
  out: ByteWriter,
  tenant: string,
  samples: SampleColumns,
  { catalogue, sightings }: { catalogue: Catalogue; sightings: Sightings },
): void {
  const { count, refs, timesMs, values } = samples;
  const words = new Uint32Array(values.buffer, values.byteOffset, 2 * count);
  let dayStartMs = 1;
  let day = 0;
  for (let i = 0; i < count; i++) {
    const ref = refs[i] as number;
    const timeMs = timesMs[i] as number;
    if (timeMs < dayStartMs || timeMs >= dayStartMs + dayMs) {
      day = dayOf(timeMs);
      dayStartMs = day * dayMs;
    }
    sightings.see(ref, day);
    out.text(tenant);
    out.text(catalogue.metricOf(ref));
    out.integer64(catalogue.idOf(ref));
    out.integer64(timeMs);
    out.words64(words[2 * i] as number, words[2 * i + 1] as number);
  }
}

export const seriesColumns = 'tenant, metric, id, labels, histogram, seen';

export function writeSeries(
  out: ByteWriter,
  ref: number,
  seenSeconds: number,
  { catalogue, sightings }: { catalogue: Catalogue; sightings: Sightings },
): void {
  out.text(catalogue.tenantOf(ref));
  out.text(catalogue.metricOf(ref));
  out.integer64(catalogue.idOf(ref));
  writeLabels(out, catalogue.labelsOf(ref));
  out.uint8(sightings.hasHistogram(ref) ? 1 : 0);
  out.uint32(seenSeconds);
}

export const seriesDayColumns = 'tenant, day, id';

export function writeSeriesDay(out: ByteWriter, ref: number, day: number, catalogue: Catalogue): void {
  out.text(catalogue.tenantOf(ref));
  out.uint8(day & 255);
  out.uint8(day >> 8);
  out.integer64(catalogue.idOf(ref));
}
