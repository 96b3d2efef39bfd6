import type { SampleColumns } from '#model';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { dayMs, dayOf, type Sightings } from '../catalogue/sightings.ts';
import { pushLabels } from './attributes.ts';
import { Cells } from './cells.ts';
import { Dictionary } from './dictionary.ts';
import { lowCardinality, plain, Table, TextMap } from './table.ts';

/** The columns that begin every row about a series at a time. Hot. */
export class SeriesTimeColumns {
  private readonly tenant = new Dictionary();
  private readonly metric = new Dictionary();
  private readonly id = new Cells();
  private readonly time = new Cells();

  push(tenant: string, ref: number, timeMs: number, catalogue: Catalogue): void {
    this.tenant.push(tenant);
    this.metric.push(catalogue.metricOf(ref));
    this.id.integer64(catalogue.idOf(ref));
    this.time.integer64(timeMs);
  }

  columns() {
    return [
      lowCardinality('tenant', this.tenant),
      lowCardinality('metric', this.metric),
      plain('id', 'UInt64', this.id),
      plain('time', "DateTime64(3, 'UTC')", this.time),
    ];
  }
}

export class SampleRows {
  private readonly key = new SeriesTimeColumns();
  private readonly value = new Cells();
  readonly table = new Table('samples', [...this.key.columns(), plain('value', 'Float64', this.value)]);

  /** Also notes the days on which the series were seen. Hot. */
  push(tenant: string, samples: SampleColumns, { catalogue, sightings }: SeriesBooks): void {
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
      this.key.push(tenant, ref, timeMs, catalogue);
      this.value.words64(words[2 * i] as number, words[2 * i + 1] as number);
    }
    this.table.rows += count;
  }
}

export interface SeriesBooks {
  readonly catalogue: Catalogue;
  readonly sightings: Sightings;
}

export class SeriesRows {
  private readonly tenant = new Dictionary();
  private readonly metric = new Dictionary();
  private readonly id = new Cells();
  private readonly labels = new TextMap(new Cells());
  private readonly histogram = new Cells();
  private readonly seen = new Cells();
  readonly table = new Table('series', [
    lowCardinality('tenant', this.tenant),
    lowCardinality('metric', this.metric),
    plain('id', 'UInt64', this.id),
    this.labels.column('labels'),
    plain('histogram', 'Bool', this.histogram),
    plain('seen', "DateTime('UTC')", this.seen),
  ]);

  push(ref: number, seenSeconds: number, { catalogue, sightings }: SeriesBooks): void {
    this.tenant.push(catalogue.tenantOf(ref));
    this.metric.push(catalogue.metricOf(ref));
    this.id.integer64(catalogue.idOf(ref));
    pushLabels(this.labels, catalogue.labelsOf(ref));
    this.histogram.uint8(sightings.hasHistogram(ref) ? 1 : 0);
    this.seen.uint32(seenSeconds);
    this.table.rows++;
  }
}

export class SeriesDayRows {
  private readonly tenant = new Dictionary();
  private readonly day = new Cells();
  private readonly id = new Cells();
  readonly table = new Table('series_days', [
    lowCardinality('tenant', this.tenant),
    plain('day', 'Date', this.day),
    plain('id', 'UInt64', this.id),
  ]);

  push(ref: number, day: number, catalogue: Catalogue): void {
    this.tenant.push(catalogue.tenantOf(ref));
    this.day.uint8(day & 255);
    this.day.uint8(day >> 8);
    this.id.integer64(catalogue.idOf(ref));
    this.table.rows++;
  }
}
