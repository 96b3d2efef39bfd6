/** Reads the catalogue back from the tables: at start, and (where several Farols share them) every few seconds. */
import type { Readable } from 'node:stream';
import { type ByteReader, rowBinaryRows } from '../read/rowbinary-reader.ts';
import { int, type Sql, sql } from '../sql.ts';
import type { ReadOptions, Wire } from '../wire.ts';
import type { Catalogue } from './catalogue.ts';
import { dayOf, type Sightings } from './sightings.ts';

export interface LoadDeps {
  readonly wire: Wire;
  readonly catalogue: Catalogue;
  readonly sightings: Sightings;
}

/** Everything the tables know of series since the two times. The days are asked for while the series still come. */
export async function loadCatalogue(
  deps: LoadDeps,
  since: { readonly writtenMs: number; readonly day: number },
  options: ReadOptions,
): Promise<void> {
  const days = deps.wire.read(daysSql(since.day), 'RowBinary', options);
  // Awaited below; until then its failure is nobody's.
  days.catch(() => undefined);
  await loadSeries(deps, since.writtenMs, options);
  await loadDays(deps, await days);
}

/** Series whose rows were written at or after `sinceMs`. */
async function loadSeries(
  { wire, catalogue, sightings }: LoadDeps,
  sinceMs: number,
  options: ReadOptions,
): Promise<void> {
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

function daysSql(sinceDay: number): Sql {
  return sql`
    SELECT tenant, id, toUInt16(min(day)) AS first, toUInt16(max(day)) AS last,
      if(uniqExact(day) = last - first + 1, [], groupUniqArray(toUInt16(day))) AS scattered
    FROM series_days
    WHERE day >= toDate(${int(sinceDay)})
    GROUP BY tenant, id`;
}

async function loadDays({ catalogue, sightings }: LoadDeps, answer: Readable): Promise<void> {
  for await (const rows of rowBinaryRows(answer, readDays)) {
    for (const { tenant, id, first, last, scattered } of rows) {
      const ref = catalogue.refOfId(tenant, id);
      if (ref < 0) continue;
      if (scattered.length === 0) sightings.recallRange(ref, first, last);
      else for (const day of scattered.sort((a, b) => a - b)) sightings.recall(ref, day);
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
