import type { ExemplarRow, HistogramRow, MetadataRow, ResetHint } from '#model';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { pushLabels } from './attributes.ts';
import { Cells } from './cells.ts';
import { Dictionary } from './dictionary.ts';
import { SeriesTimeColumns } from './samples.ts';
import { lowCardinality, NumberArray, plain, Table, TextMap } from './table.ts';

const resetHints: Record<ResetHint, number> = { unknown: 0, reset: 1, not_reset: 2, gauge: 3 };

export class HistogramRows {
  private readonly key = new SeriesTimeColumns();
  private readonly schema = new Cells();
  private readonly count = new Cells();
  private readonly sum = new Cells();
  private readonly zeroThreshold = new Cells();
  private readonly zeroCount = new Cells();
  private readonly positiveSpans = new NumberArray('Int32');
  private readonly positiveCounts = new NumberArray('Float64');
  private readonly negativeSpans = new NumberArray('Int32');
  private readonly negativeCounts = new NumberArray('Float64');
  private readonly customBounds = new NumberArray('Float64');
  private readonly resetHint = new Cells();
  readonly table = new Table('histograms', [
    ...this.key.columns(),
    plain('schema', 'Int8', this.schema),
    plain('count', 'Float64', this.count),
    plain('sum', 'Float64', this.sum),
    plain('zero_threshold', 'Float64', this.zeroThreshold),
    plain('zero_count', 'Float64', this.zeroCount),
    this.positiveSpans.column('positive_spans'),
    this.positiveCounts.column('positive_counts'),
    this.negativeSpans.column('negative_spans'),
    this.negativeCounts.column('negative_counts'),
    this.customBounds.column('custom_bounds'),
    plain('reset_hint', 'Int8', this.resetHint),
  ]);

  push(tenant: string, { ref, timeMs, histogram }: HistogramRow, catalogue: Catalogue): void {
    this.key.push(tenant, ref, timeMs, catalogue);
    this.schema.uint8(histogram.schema & 255);
    this.count.float64(histogram.count);
    this.sum.float64(histogram.sum);
    this.zeroThreshold.float64(histogram.zeroThreshold);
    this.zeroCount.float64(histogram.zeroCount);
    pushInts(this.positiveSpans, histogram.positiveSpans);
    pushFloats(this.positiveCounts, histogram.positiveCounts);
    pushInts(this.negativeSpans, histogram.negativeSpans);
    pushFloats(this.negativeCounts, histogram.negativeCounts);
    pushFloats(this.customBounds, histogram.customBounds);
    this.resetHint.uint8(resetHints[histogram.resetHint]);
    this.table.rows++;
  }
}

export class ExemplarRows {
  private readonly key = new SeriesTimeColumns();
  private readonly value = new Cells();
  private readonly traceId = new Cells();
  private readonly spanId = new Cells();
  private readonly labels = new TextMap(new Cells());
  readonly table = new Table('exemplars', [
    ...this.key.columns(),
    plain('value', 'Float64', this.value),
    plain('trace_id', 'String', this.traceId),
    plain('span_id', 'String', this.spanId),
    this.labels.column('labels'),
  ]);

  push(tenant: string, row: ExemplarRow, catalogue: Catalogue): void {
    this.key.push(tenant, row.ref, row.timeMs, catalogue);
    this.value.float64(row.value);
    this.traceId.text(row.traceId);
    this.spanId.text(row.spanId);
    pushLabels(this.labels, row.labels);
    this.table.rows++;
  }
}

export class MetadataRows {
  private readonly tenant = new Dictionary();
  private readonly metric = new Cells();
  private readonly type = new Dictionary();
  private readonly unit = new Dictionary();
  private readonly help = new Cells();
  private readonly seen = new Cells();
  readonly table = new Table('metadata', [
    lowCardinality('tenant', this.tenant),
    plain('metric', 'String', this.metric),
    lowCardinality('type', this.type),
    lowCardinality('unit', this.unit),
    plain('help', 'String', this.help),
    plain('seen', "DateTime('UTC')", this.seen),
  ]);

  push(tenant: string, row: MetadataRow, seenSeconds: number): void {
    this.tenant.push(tenant);
    this.metric.text(row.metric);
    this.type.push(row.type);
    this.unit.push(row.unit);
    this.help.text(row.help);
    this.seen.uint32(seenSeconds);
    this.table.rows++;
  }
}

function pushInts(array: NumberArray, values: readonly number[]): void {
  for (let i = 0; i < values.length; i++) array.cells.uint32((values[i] as number) >>> 0);
  array.endRow();
}

function pushFloats(array: NumberArray, values: readonly number[]): void {
  for (let i = 0; i < values.length; i++) array.cells.float64(values[i] as number);
  array.endRow();
}
