/** Reads the catalogue back from the tables: at start, and (where several Farols share them) every few seconds. */
import { rowBinaryRows, type ByteReader } from '../read/rowbinary-reader.ts';
import { int, sql } from '../sql.ts';
import type { ReadOptions, Wire } from '../wire.ts';
import type { Catalogue } from './catalogue.ts';
import { dayOf, type Sightings } from './sightings.ts';

export interface LoadDeps {
  readonly wire: Wire;
  readonly catalogue: Catalogue;
  readonly sightings: Sightings;
}

/** Series whose rows were written at or after `sinceMs`. */
export async function loadSeries({ wire, catalogue, sightings }: LoadDeps, sinceMs: number, options: ReadOptions): Promise<void> {
  const query = sql`
    SELECT tenant, id, labels, histogram, seen
    FROM series
    WHERE seen >= fromUnixTimestamp64Milli(${int(Math.floor(sinceMs))})`;
  const answer = await wire.read(query, 'RowBinary', options);
  for await (const rows of rowBinaryRows(answer, readSeries)) {
    for (const { tenant, id, labels, histogram, seenMs } of rows) {
      const ref = catalogue.adopt(tenant, id, labels);
      sightings.recallSeries(ref, dayOf(seenMs), histogram);
    }
  }
}

/** Days on which series were seen, from `sinceDay` on. */
export async function loadDays({ wire, catalogue, sightings }: LoadDeps, sinceDay: number, options: ReadOptions): Promise<void> {
  const query = sql`
    SELECT tenant, id, toUInt16(min(day)) AS first, toUInt16(max(day)) AS last,
      if(uniqExact(day) = last - first + 1, [], groupUniqArray(toUInt16(day))) AS scattered
    FROM series_days
    WHERE day >= toDate(${int(sinceDay)})
    GROUP BY tenant, id`;
  const answer = await wire.read(query, 'RowBinary', options);
  for await (const rows of rowBinaryRows(answer, readDays)) {
    for (const { tenant, id, first, last, scattered } of rows) {
      const ref = catalogue.refOfId(tenant, id);
      if (ref < 0) continue;
      const days = scattered.length > 0 ? scattered.sort((a, b) => a - b) : consecutive(first, last);
      for (const day of days) sightings.recall(ref, day);
    }
  }
}

function readSeries(reader: ByteReader) {
  return {
    tenant: reader.text(),
    id: reader.integer64(),
    labels: reader.pairs(),
    histogram: reader.uint8() === 1,
    seenMs: reader.uint32() * 1000,
  };
}

function readDays(reader: ByteReader) {
  return {
    tenant: reader.text(),
    id: reader.integer64(),
    first: reader.uint16(),
    last: reader.uint16(),
    scattered: reader.list(() => reader.uint16()),
  };
}

const consecutive = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);
