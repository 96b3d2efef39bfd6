/**
 * Rows of `logs` as Loki sees them: a stream's labels, and everything else as structured metadata. Read from bytes; what
 * lines have in common (resource, scope, most attributes) is understood once per distinct run of bytes.
 */
import { compareText, type Labels, labelName, labelsFrom, labelsKey, labelValue } from '#model';
import { type RowReader, type Sql, sql } from '#store';
import type { EntryBatch } from '../logql/index.ts';

/** How rows are asked for and read. The streams of one answer are numbered as they come. */
export interface RowsOfEntries {
  /** In the order that `read` reads. */
  readonly columns: Sql;
  readonly read: (reader: RowReader) => EntryRow;
  batchOf(rows: readonly EntryRow[]): EntryBatch;
}

const entryColumns: Sql = sql`toUnixTimestamp64Nano(time), toUnixTimestamp64Nano(observed), body, trace_id, span_id,
  stream, resource, scope, attributes, scope_name, scope_version, severity_text, level, event_name,
  severity_number, flags, dropped`;

export interface EntryRow {
  readonly timeNs: bigint;
  readonly line: string;
  readonly stream: number;
  readonly metadata: Labels;
}

/** What lines of one origin and the same attributes share. */
interface Shape {
  readonly stream: number;
  readonly metadata: Labels;
}

/** Past this many shapes they are no longer remembered: attributes then differ from line to line. */
const shapesMax = 20_000;
const noMetadata: Labels = [];

/** Rows with all that is stored of a line. */
export class EntryRows implements RowsOfEntries {
  readonly columns = entryColumns;
  private readonly table = new StreamNumbers();
  private readonly shapes = new Map<string, Shape>();

  /** Hot: once per line. */
  readonly read = (reader: RowReader): EntryRow => {
    const timeNs = reader.bigint64();
    const observedNs = reader.bigint64();
    const line = reader.text();
    const traceId = reader.text();
    const spanId = reader.text();
    const start = reader.at;
    for (let map = 0; map < 4; map++) reader.skipPairs();
    for (let column = 0; column < 5; column++) reader.skipText();
    reader.uint8();
    reader.uint32();
    reader.uint32();
    if (reader.short) return unread;
    const bytes = reader.bytesSince(start);
    let shape = this.shapes.get(bytes);
    if (shape === undefined) {
      reader.at = start;
      shape = this.shapeOf(reader);
      if (this.shapes.size < shapesMax) this.shapes.set(bytes, shape);
    }
    return { timeNs, line, stream: shape.stream, metadata: metadataOf(shape, { traceId, spanId, timeNs, observedNs }) };
  };

  streamOf(labels: Labels): number {
    return this.table.of(labels);
  }

  batchOf(rows: readonly EntryRow[]): EntryBatch {
    return batchFrom(rows, this.table.streams);
  }

  private shapeOf(reader: RowReader): Shape {
    const stream = labelsFrom(pairsOf(reader.pairs()));
    const origin: Origin = {
      stream,
      resource: reader.pairs(),
      scope: reader.pairs(),
      attributes: reader.pairs(),
      scopeName: reader.text(),
      scopeVersion: reader.text(),
      severityText: reader.text(),
      level: reader.text(),
      eventName: reader.text(),
      severityNumber: reader.uint8(),
      flags: reader.uint32(),
      droppedAttributes: reader.uint32(),
    };
    return { stream: this.table.of(stream), metadata: sharedMetadata(origin) };
  }
}

export class StreamNumbers {
  readonly streams: Labels[] = [];
  private readonly numbers = new Map<string, number>();

  of(labels: Labels): number {
    const key = labelsKey(labels);
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.streams.push(labels) - 1;
      this.numbers.set(key, number);
    }
    return number;
  }
}

export function batchFrom(rows: readonly EntryRow[], streams: readonly Labels[]): EntryBatch {
  const count = rows.length;
  const timesNs = new BigInt64Array(count);
  const streamOf = new Uint32Array(count);
  const lines = new Array<string>(count);
  const metadata = new Array<Labels>(count);
  for (let i = 0; i < count; i++) {
    const row = rows[i] as EntryRow;
    timesNs[i] = row.timeNs;
    streamOf[i] = row.stream;
    lines[i] = row.line;
    metadata[i] = row.metadata;
  }
  return { count, timesNs, lines, streamOf, streams, metadata };
}

/** Given for a row that was not all there; it is read again. */
export const unread: EntryRow = { timeNs: 0n, line: '', stream: 0, metadata: noMetadata };

export interface Origin {
  readonly stream: Labels;
  /** Names and values by turns, as the sender named them. */
  readonly resource: readonly string[];
  readonly scope: readonly string[];
  readonly attributes: readonly string[];
  readonly scopeName: string;
  readonly scopeVersion: string;
  readonly severityText: string;
  readonly level: string;
  readonly eventName: string;
  readonly severityNumber: number;
  readonly flags: number;
  readonly droppedAttributes: number;
}

/**
 * Loki's names for what an OTLP record carries beside its line; of the same name the nearer to the line wins. A resource
 * attribute that the stream is labelled with is not said twice.
 */
export function sharedMetadata(origin: Origin): Labels {
  const { stream } = origin;
  const resource = sanitised(origin.resource).filter(([name]) => labelValue(stream, name) === '');
  const said: [string, string][] = [
    ...resource,
    ['scope_name', origin.scopeName],
    ['scope_version', origin.scopeVersion],
    ...sanitised(origin.scope),
    ['event_name', origin.eventName],
    ['flags', origin.flags === 0 ? '' : String(origin.flags)],
    ['severity_number', origin.severityNumber === 0 ? '' : String(origin.severityNumber)],
    ['severity_text', origin.severityText],
    ['dropped_attributes_count', origin.droppedAttributes === 0 ? '' : String(origin.droppedAttributes)],
    ...sanitised(origin.attributes),
    ['detected_level', origin.level],
  ];
  return labelsFrom(said.filter(([, value]) => value !== ''));
}

function sanitised(pairs: readonly string[]): [string, string][] {
  return pairsOf(pairs)
    .map(([name, value]): [string, string] => [labelName(name), value])
    .filter(([name, value]) => name !== '' && value !== '');
}

function pairsOf(flat: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i < flat.length; i += 2) pairs.push([flat[i] ?? '', flat[i + 1] ?? '']);
  return pairs;
}

interface OwnFacts {
  readonly traceId: string;
  readonly spanId: string;
  readonly timeNs: bigint;
  readonly observedNs: bigint;
}

/** The observed time is told where it says more than the line's own. */
export function metadataOf({ metadata }: { readonly metadata: Labels }, own: OwnFacts): Labels {
  const { traceId, spanId, timeNs, observedNs } = own;
  const isObserved = observedNs !== 0n && observedNs !== timeNs;
  if (traceId === '' && spanId === '' && !isObserved) return metadata;
  const named = metadata.slice();
  if (isObserved) put(named, 'observed_timestamp', String(observedNs));
  if (spanId !== '') put(named, 'span_id', spanId);
  if (traceId !== '') put(named, 'trace_id', traceId);
  return named;
}

/** Into a label set, at its place. */
function put(labels: string[], name: string, value: string): void {
  let at = labels.length;
  while (at > 0 && compareText(labels[at - 2] ?? '', name) > 0) at -= 2;
  if (labels[at - 2] === name) labels[at - 1] = value;
  else labels.splice(at, 0, name, value);
}
