/** Rows with a few of a line's labels: what a query does not look at is neither read nor understood. */
import { type Labels, labelsFrom } from '#model';
import { joinSql, type RowReader, type Sql, sql } from '#store';
import type { EntryBatch } from '../logql/index.ts';
import { labelValueSql, metadataValueSql, type StoredLabel } from './labelsql.ts';
import { batchFrom, type EntryRow, type RowsOfEntries, StreamNumbers, unread } from './rows.ts';

interface Shape {
  readonly stream: number;
  readonly metadata: Labels;
}

/** Past this many shapes they are no longer remembered: values then differ from line to line. */
const shapesMax = 20_000;

export class NarrowRows implements RowsOfEntries {
  readonly columns: Sql;
  private readonly table = new StreamNumbers();
  private readonly ofStream: readonly string[];
  private readonly ofMetadata: readonly string[];
  private readonly shapes = new Map<string, Shape>();

  constructor(labels: readonly StoredLabel[]) {
    const ofStream = labels.filter((label) => label.ofStream !== undefined);
    const ofMetadata = labels.filter((label) => label.ofMetadata.length > 0);
    this.ofStream = ofStream.map(({ name }) => name);
    this.ofMetadata = ofMetadata.map(({ name }) => name);
    const values = [
      ...ofStream.map((label) => labelValueSql({ ...label, ofMetadata: [] })),
      ...ofMetadata.map(metadataValueSql),
    ];
    this.columns = joinSql([sql`toUnixTimestamp64Nano(time), body`, ...values], ', ');
  }

  /** Hot: once per line. */
  readonly read = (reader: RowReader): EntryRow => {
    const timeNs = reader.bigint64();
    const line = reader.text();
    const start = reader.at;
    for (let left = this.ofStream.length + this.ofMetadata.length; left > 0; left--) reader.skipText();
    if (reader.short) return unread;
    const bytes = reader.bytesSince(start);
    let shape = this.shapes.get(bytes);
    if (shape === undefined) {
      reader.at = start;
      shape = this.shapeOf(reader);
      if (this.shapes.size < shapesMax) this.shapes.set(bytes, shape);
    }
    return { timeNs, line, stream: shape.stream, metadata: shape.metadata };
  };

  batchOf(rows: readonly EntryRow[]): EntryBatch {
    return batchFrom(rows, this.table.streams);
  }

  private shapeOf(reader: RowReader): Shape {
    const stream = labelsFrom(this.ofStream.map((name): [string, string] => [name, reader.text()]));
    const metadata = labelsFrom(this.ofMetadata.map((name): [string, string] => [name, reader.text()]));
    return { stream: this.table.of(stream), metadata };
  }
}
