/**
 * `io.prometheus.write.v2.Request` (remote write 2.0) from protobuf: the symbols first, then the series, each judged
 * alone. A series has samples or native histograms, not both; one with metadata or exemplars only is taken.
 * Hot: bench/receive.ts.
 */

import { ProtoCursor } from '#kit';
import type { SeriesRef } from '#model';
import type { Lives } from '#normalise';
import type { ReadExemplar } from './exemplars.ts';
import { Items, type Scan } from './items.ts';
import { isInvalidText } from './labels.ts';
import { type LearnDeps, Learner, type SenderFacts, UNUSABLE } from './learner.ts';
import { type ReadMetadata2, readMetadata2, type SeriesMetadata } from './metadata2.ts';
import { References } from './references.ts';
import { hashOf } from './seriestable.ts';
import { type SymbolMemory, Symbols } from './symbols.ts';

export interface Scan2Deps extends LearnDeps {
  readonly memory: SymbolMemory;
  readonly metadata: SeriesMetadata;
  readonly lives?: Lives;
}

/** Reads `body` as far as it is given time. Malformed protobuf, and symbols that do not begin with '', are refused whole. */
export function scanRequest2(body: Uint8Array, sender: SenderFacts, deps: Scan2Deps): Scan {
  return new RequestScan(body, sender, deps);
}

class RequestScan implements Scan {
  readonly found: Items;
  private readonly cursor: ProtoCursor;
  private readonly end: number;
  private readonly sender: SenderFacts;
  private readonly deps: Scan2Deps;
  private readonly learner: Learner;
  private readonly symbols: Symbols;
  private readonly labels: References;
  private readonly exemplarLabels: References;
  private hasSymbols = false;

  constructor(body: Uint8Array, sender: SenderFacts, deps: Scan2Deps) {
    this.cursor = new ProtoCursor(body);
    this.end = body.length;
    this.sender = sender;
    this.deps = deps;
    this.learner = new Learner(sender, deps);
    this.found = new Items(this.cursor, { ...sender, limits: deps.limits, lives: deps.lives });
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    this.symbols = new Symbols(this.cursor, view, deps.memory);
    this.labels = new References(this.symbols);
    this.exemplarLabels = new References(this.symbols);
  }

  read(stepsMax: number): boolean {
    const { cursor, end } = this;
    for (let left = stepsMax; left > 0 && cursor.at < end; left--) {
      const tag = cursor.varint(end);
      if (tag === 0x22 && !this.hasSymbols) {
        const stop = cursor.message(end);
        this.symbols.add(cursor.at, stop);
        cursor.at = stop;
      } else if (tag === 0x2a && this.hasSymbols) this.timeSeries(cursor.message(end));
      else cursor.skip(tag, end);
    }
    if (cursor.at < end) return false;
    if (this.hasSymbols) return true;
    // A symbol may stand behind the series that needs it, so the series are read in a second walk.
    this.hasSymbols = true;
    cursor.at = 0;
    return end === 0;
  }

  private timeSeries(end: number): void {
    const { cursor, found } = this;
    const start = cursor.at;
    const shape = this.shapeOf(end);
    const ref = this.seriesOf(shape);
    if (ref === UNUSABLE) {
      this.learner.refuse(shape.samples + shape.histograms + shape.exemplars);
      return;
    }
    cursor.at = start;
    found.beginSeries();
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === 0x12) found.sample(ref, cursor.message(end));
      else if (tag === 0x1a) found.histogram(ref, cursor.message(end));
      else if (tag === 0x22) this.exemplar(ref, cursor.message(end));
      else if (tag === 0x2a) this.metadata(readMetadata2(cursor, cursor.message(end)));
      else cursor.skip(tag, end);
    }
  }

  /** Reads the labels, and counts the rest. */
  private shapeOf(end: number): Shape {
    const { cursor, labels } = this;
    labels.clear();
    const shape = { samples: 0, histograms: 0, exemplars: 0 };
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === 0x0a) labels.readPacked(cursor, cursor.message(end));
      else if (tag === 0x08) labels.readOne(cursor, end);
      else {
        if (tag === 0x12) shape.samples++;
        else if (tag === 0x1a) shape.histograms++;
        else if (tag === 0x22) shape.exemplars++;
        cursor.skip(tag, end);
      }
    }
    return shape;
  }

  private seriesOf({ samples, histograms }: Shape): SeriesRef {
    const { labels, learner } = this;
    const problem = labels.problem();
    if (problem !== undefined) return learner.unusable('bad_symbol_reference', problem);
    if (samples > 0 && histograms > 0) {
      return learner.unusable(
        'samples_and_histograms',
        `a series has ${samples} samples and ${histograms} histograms; send them as two series`,
      );
    }
    return this.knownSeries();
  }

  private knownSeries(): SeriesRef {
    const { labels, learner } = this;
    const { series } = this.deps.memory;
    const { tenantNumber } = this.sender;
    const length = labels.count * 4;
    const hash = hashOf(labels.view, 0, length);
    const known = series.find(tenantNumber, hash, labels.bytes, 0, length);
    if (known >= 0) return known;
    const ref = learner.learn(() => labels.texts());
    if (ref >= 0) series.add(tenantNumber, hash, labels.bytes, 0, length, ref);
    return ref;
  }

  private exemplar(ref: SeriesRef, end: number): void {
    const { cursor, exemplarLabels, sender } = this;
    exemplarLabels.clear();
    let value = 0;
    let timeMs = 0;
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === 0x0a) exemplarLabels.readPacked(cursor, cursor.message(end));
      else if (tag === 0x08) exemplarLabels.readOne(cursor, end);
      else if (tag === 0x11) value = cursor.double(end);
      else if (tag === 0x18) timeMs = cursor.int64(end);
      else cursor.skip(tag, end);
    }
    const pairs = this.exemplarPairs();
    if (typeof pairs !== 'string') this.found.exemplar(ref, { pairs, value, timeMs });
    else {
      sender.tally.receive(1);
      sender.tally.reject('malformed_exemplar', 1, () => `an exemplar's ${pairs}`);
    }
  }

  /** The labels, or what is wrong with them. */
  private exemplarPairs(): ReadExemplar['pairs'] | string {
    const problem = this.exemplarLabels.problem();
    if (problem !== undefined) return problem;
    try {
      return this.exemplarLabels.texts();
    } catch (error) {
      if (isInvalidText(error)) return `labels: ${error.message}`;
      throw error;
    }
  }

  /** Hot: senders repeat the metadata with every series. */
  private metadata(told: ReadMetadata2): void {
    const { symbols, sender } = this;
    const { tally } = sender;
    if (!symbols.has(told.helpPlace) || !symbols.has(told.unitPlace)) {
      tally.receive(1);
      tally.reject('bad_symbol_reference', 1, () => 'metadata refers to a symbol that the request does not have');
      return;
    }
    const nameAt = this.placeOfName();
    if (nameAt === undefined) return;
    const row = this.deps.metadata.news(told, this.labels.numbers[nameAt] as number, {
      symbols,
      sender,
      metric: () => this.labels.texts()[nameAt] ?? '',
    });
    if (row === undefined) return;
    if (typeof row !== 'string') this.found.metadata.push(row);
    else {
      tally.receive(1);
      tally.reject('invalid_utf8', 1, () => `metadata: ${row}`);
    }
  }

  /** Where the metric's name stands; undefined in the one request during which the memory of texts began anew. */
  private placeOfName(): number | undefined {
    const { numbers, count } = this.labels;
    for (let at = 0; at < count; at += 2) if (numbers[at] === this.symbols.nameNumber) return at + 1;
    return undefined;
  }
}

interface Shape {
  readonly samples: number;
  readonly histograms: number;
  readonly exemplars: number;
}
