/**
 * `prometheus.WriteRequest` (remote write 1.0) from protobuf, in one pass over the bytes: samples by column, known series
 * by the bytes of their labels. What breaks a rule is refused alone, counted and named; the rest is kept.
 * Hot: bench/receive.ts.
 */

import { ProtoCursor } from '#kit';
import type { SeriesRef } from '#model';
import { readExemplar } from './exemplars.ts';
import { Items, type Scan } from './items.ts';
import { readLabels } from './labels.ts';
import { type LearnDeps, Learner, type SenderFacts, UNUSABLE } from './learner.ts';
import { type MetadataMemory, readMetadata } from './metadata.ts';
import { hashOf, type SeriesTable } from './seriestable.ts';

export interface ScanDeps extends LearnDeps {
  readonly table: SeriesTable;
  readonly metadata: MetadataMemory;
}

/** Reads `body` as far as it is given time. Malformed protobuf is refused as a whole. */
export function scanWriteRequest(body: Uint8Array, sender: SenderFacts, deps: ScanDeps): Scan {
  return new WriteRequestScan(body, sender, deps);
}

class WriteRequestScan implements Scan {
  readonly found: Items;
  private readonly cursor: ProtoCursor;
  private readonly view: DataView;
  private readonly end: number;
  private readonly sender: SenderFacts;
  private readonly deps: ScanDeps;
  private readonly learner: Learner;

  constructor(body: Uint8Array, sender: SenderFacts, deps: ScanDeps) {
    this.cursor = new ProtoCursor(body);
    this.view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    this.end = body.length;
    this.sender = sender;
    this.deps = deps;
    this.learner = new Learner(sender, deps);
    this.found = new Items(this.cursor, { ...sender, limits: deps.limits });
  }

  read(seriesMax: number): boolean {
    const { cursor, end } = this;
    for (let left = seriesMax; left > 0 && cursor.at < end; left--) {
      const tag = cursor.varint(end);
      if (tag === 0x0a) this.timeSeries(cursor.message(end));
      else if (tag === 0x1a) this.metricMetadata(cursor.message(end));
      else cursor.skip(tag, end);
    }
    return cursor.at >= end;
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
    const { tenantNumber } = this.sender;
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
    return this.learner.learn(() => readLabels(this.cursor, end));
  }

  private refuseItems(end: number): void {
    const { cursor } = this;
    let items = 0;
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === 0x12 || tag === 0x1a || tag === 0x22) items++;
      cursor.skip(tag, end);
    }
    this.learner.refuse(items);
  }

  private items(ref: SeriesRef, end: number): void {
    const { cursor, found } = this;
    found.beginSeries();
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === 0x12) found.sample(ref, cursor.message(end));
      else if (tag === 0x1a) found.exemplar(ref, readExemplar(cursor, cursor.message(end)));
      else if (tag === 0x22) found.histogram(ref, cursor.message(end));
      else cursor.skip(tag, end);
    }
  }

  private metricMetadata(end: number): void {
    const { tally, tenant, window } = this.sender;
    const row = readMetadata(this.cursor, end);
    if (row.metric === '') {
      tally.receive(1);
      tally.reject('missing_name', 1, () => 'metadata without a metric family name; name the metric');
    } else if (this.deps.metadata.isNews(tenant, row, window.nowMs)) this.found.metadata.push(row);
  }
}
