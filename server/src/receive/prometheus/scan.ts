/**
 * `prometheus.WriteRequest` from protobuf, in one pass over the bytes: samples by column, known series by the bytes of
 * their labels. What breaks a rule is refused alone, counted and named; the rest is kept. Hot: bench/receive.ts.
 */
import {
  type ExemplarRow,
  type HistogramRow,
  type Labels,
  type Limits,
  type MetadataRow,
  Refusal,
  type SeriesRef,
} from '#model';
import { outsideWindow, SampleBuffer, type Tally, type Window, windowFault } from '#normalise';
import { ProtoCursor } from '../protobuf.ts';
import { exemplarRow, readExemplar } from './exemplars.ts';
import { histogramFault, readHistogram } from './histograms.ts';
import { isInvalidText, labelSetOf, readLabels } from './labels.ts';
import { type MetadataMemory, readMetadata } from './metadata.ts';
import { hashOf, type SeriesTable } from './seriestable.ts';

export interface ScanDeps {
  readonly intern: (tenant: string, labels: Labels) => SeriesRef;
  readonly limits: Limits['receive'];
  readonly table: SeriesTable;
  readonly metadata: MetadataMemory;
}

export interface ScanRequest {
  readonly tenant: string;
  /** The tenant as a small number, for the table. */
  readonly tenantNumber: number;
  readonly window: Window;
  readonly tally: Tally;
}

export interface Scanned {
  readonly samples: SampleBuffer;
  readonly histograms: HistogramRow[];
  readonly exemplars: ExemplarRow[];
  readonly metadata: MetadataRow[];
}

/** `body` may be reused when this returns. Refuses malformed protobuf as a whole. */
export function scanWriteRequest(body: Uint8Array, request: ScanRequest, deps: ScanDeps): Scanned {
  const scan = new Scan(body, request, deps);
  scan.run(body.length);
  return scan;
}

const UNUSABLE = -1;

class Scan implements Scanned {
  readonly samples = new SampleBuffer(2048);
  readonly histograms: HistogramRow[] = [];
  readonly exemplars: ExemplarRow[] = [];
  readonly metadata: MetadataRow[] = [];
  private readonly cursor: ProtoCursor;
  private readonly view: DataView;
  private readonly request: ScanRequest;
  private readonly deps: ScanDeps;
  /** Why the series at hand is refused, when it is. */
  private fault: { reason: string; example: string } = { reason: '', example: '' };
  /** Time of the last sample of the series at hand. */
  private lastMs = Number.NaN;
  private lastLow = 0;
  private lastHigh = 0;

  constructor(body: Uint8Array, request: ScanRequest, deps: ScanDeps) {
    this.cursor = new ProtoCursor(body);
    this.view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    this.request = request;
    this.deps = deps;
  }

  run(end: number): void {
    const { cursor } = this;
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === 0x0a) this.timeSeries(cursor.message(end));
      else if (tag === 0x1a) this.metricMetadata(cursor.message(end));
      else cursor.skip(tag, end);
    }
  }

  /** Labels come first in every encoder; when they do not, the series is read the slow way. */
  private timeSeries(end: number): void {
    const { cursor } = this;
    const start = cursor.at;
    const labelsEnd = this.endOfLabels(end);
    const isPlain = !this.hasLabelsAfter(labelsEnd, end);
    // Labels scattered among other fields are legal, and never sent: they are decoded each time.
    const ref = isPlain ? this.seriesOf(start, labelsEnd) : this.learn(start, end);
    cursor.at = isPlain ? labelsEnd : start;
    if (ref === UNUSABLE) this.refuseItems(end);
    else this.items(ref, end);
  }

  private endOfLabels(end: number): number {
    const { cursor } = this;
    while (cursor.at < end && cursor.bytes[cursor.at] === 0x0a) {
      cursor.at++;
      cursor.at = cursor.message(end);
    }
    return cursor.at;
  }

  /** Whether a label stands after the first other field. One sample, the usual case, is seen at a glance. */
  private hasLabelsAfter(from: number, end: number): boolean {
    const { cursor } = this;
    cursor.at = from;
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === 0x0a) return true;
      cursor.skip(tag, end);
    }
    return false;
  }

  private seriesOf(start: number, end: number): SeriesRef {
    const { tenantNumber } = this.request;
    const { bytes } = this.cursor;
    const hash = hashOf(this.view, start, end);
    const known = this.deps.table.find(tenantNumber, hash, bytes, start, end);
    if (known >= 0) return known;
    const ref = this.learn(start, end);
    if (ref >= 0) this.deps.table.add(tenantNumber, hash, bytes, start, end, ref);
    return ref;
  }

  private learn(start: number, end: number): SeriesRef {
    this.cursor.at = start;
    try {
      const labels = labelSetOf(readLabels(this.cursor, end), this.deps.limits);
      if ('reason' in labels) return this.unusable(labels.reason, labels.example);
      return this.deps.intern(this.request.tenant, labels);
    } catch (error) {
      if (isInvalidText(error)) return this.unusable('invalid_utf8', `a label of a series: ${error.message}`);
      if (error instanceof Refusal && error.code === 'SERIES_LIMIT')
        return this.unusable('series_limit', error.message);
      throw error;
    }
  }

  private unusable(reason: string, example: string): typeof UNUSABLE {
    this.fault = { reason, example };
    return UNUSABLE;
  }

  private refuseItems(end: number): void {
    const { cursor } = this;
    let items = 0;
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === 0x12 || tag === 0x1a || tag === 0x22) items++;
      cursor.skip(tag, end);
    }
    // A series without samples is still a series that was refused.
    const count = Math.max(items, 1);
    this.request.tally.receive(count);
    const { reason, example } = this.fault;
    this.request.tally.reject(reason, count, () => example);
  }

  private items(ref: SeriesRef, end: number): void {
    const { cursor } = this;
    this.lastMs = Number.NaN;
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === 0x12) this.sample(ref, cursor.message(end));
      else if (tag === 0x1a) this.exemplar(ref, cursor.message(end));
      else if (tag === 0x22) this.histogram(ref, cursor.message(end));
      else cursor.skip(tag, end);
    }
  }

  private sample(ref: SeriesRef, end: number): void {
    const { cursor } = this;
    let low = 0;
    let high = 0;
    let timeMs = 0;
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === 0x09) {
        cursor.fixed64(end);
        low = cursor.low;
        high = cursor.high;
      } else if (tag === 0x10) timeMs = cursor.int64(end);
      else cursor.skip(tag, end);
    }
    const { tally, window } = this.request;
    tally.received++;
    if (outsideWindow(timeMs, window)) {
      const fault = windowFault(timeMs, window, 'a sample');
      tally.reject(fault.reason, 1, fault.example);
    } else if (timeMs === this.lastMs && low === this.lastLow && high === this.lastHigh) {
      tally.repeated++;
    } else if (timeMs === this.lastMs) {
      tally.reject(
        'duplicate_timestamp',
        1,
        () => `a series has two values at ${timeMs} ms in one request, the first is kept; send each once`,
      );
    } else {
      this.lastMs = timeMs;
      this.lastLow = low;
      this.lastHigh = high;
      this.samples.pushWords(ref, timeMs, low, high);
    }
  }

  private exemplar(ref: SeriesRef, end: number): void {
    const { tally, window } = this.request;
    tally.received++;
    const sampleMs = Number.isNaN(this.lastMs) ? window.nowMs : this.lastMs;
    const at = { ref, sampleMs, window, limits: this.deps.limits };
    const row = exemplarRow(readExemplar(this.cursor, end), at, tally);
    if (row) this.exemplars.push(row);
  }

  private histogram(ref: SeriesRef, end: number): void {
    const { tally, window } = this.request;
    tally.received++;
    const { timeMs, histogram, isStale } = readHistogram(this.cursor, end);
    if (outsideWindow(timeMs, window)) {
      const fault = windowFault(timeMs, window, 'a histogram');
      tally.reject(fault.reason, 1, fault.example);
      return;
    }
    if (isStale) {
      // A float marker ends the series all the same, and keeps its bits.
      this.samples.pushStale(ref, timeMs);
      return;
    }
    const fault = histogramFault(histogram, this.deps.limits.histogramBucketsMax);
    if (fault) tally.reject('malformed_histogram', 1, () => `a native histogram ${fault}; send a consistent one`);
    else this.histograms.push({ ref, timeMs, histogram });
  }

  private metricMetadata(end: number): void {
    const { tally, tenant, window } = this.request;
    const row = readMetadata(this.cursor, end);
    if (row.metric === '') {
      tally.receive(1);
      tally.reject('missing_name', 1, () => 'metadata without a metric family name; name the metric');
    } else if (this.deps.metadata.isNews(tenant, row, window.nowMs)) this.metadata.push(row);
  }
}
