import { shapeKeyOf, wordsOf } from '@farol/logql';
import type { Labels, Limits, LogRow, LogShapeRow } from '#model';

interface Shape {
  readonly text: string;
  /** By minute. */
  readonly lines: Map<number, number>;
}

interface Stream {
  readonly service: string;
  readonly labels: Labels;
  readonly shapes: Map<number, Shape>;
}

/** Counts since they were last taken. Shapes stay known from one taking to the next. */
export class Shapes {
  uncounted = 0;
  size = 0;
  private readonly tenants = new Map<string, Map<string, Stream>>();
  private readonly limits: Limits['logShapes'];
  private linesRead = 0;

  constructor(limits: Limits['logShapes']) {
    this.limits = limits;
  }

  /** Hot. */
  count(tenant: string, rows: readonly LogRow[]): void {
    const streams = this.tenants.get(tenant) ?? new Map<string, Stream>();
    this.tenants.set(tenant, streams);
    let labels: Labels | undefined;
    let service: string | undefined;
    let stream: Stream | undefined;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as LogRow;
      if (stream === undefined || row.stream !== labels || row.service !== service) {
        ({ service, stream: labels } = row);
        stream = this.streamOf(streams, row);
      }
      const shape = this.shapeOf(stream.shapes, row.body);
      const minute = Math.floor(Number(row.timeNs) / 60e9);
      if (shape === undefined) this.uncounted++;
      else shape.lines.set(minute, (shape.lines.get(minute) ?? 0) + 1);
    }
  }

  /** What was counted, by tenant; counting begins at 0 again. */
  take(): [tenant: string, rows: LogShapeRow[]][] {
    const taken = Array.from(this.tenants, ([tenant, streams]): [string, LogShapeRow[]] => {
      return [tenant, [...streams.values()].flatMap((stream) => [...rowsOf(stream)])];
    });
    this.linesRead = 0;
    if (this.size >= this.limits.shapesMax) this.forget();
    return taken.filter(([, rows]) => rows.length > 0);
  }

  private streamOf(streams: Map<string, Stream>, { service, stream: labels }: LogRow): Stream {
    const key = `${service}\0${labels.join('\0')}`;
    const known = streams.get(key);
    if (known !== undefined) return known;
    const stream = { service, labels, shapes: new Map<number, Shape>() };
    // With no room for shapes there is none for the streams that would have them.
    if (this.size < this.limits.shapesMax) streams.set(key, stream);
    return stream;
  }

  private shapeOf(shapes: Map<number, Shape>, line: string): Shape | undefined {
    const key = shapeKeyOf(line);
    const known = shapes.get(key);
    if (known !== undefined) return known;
    const { shapesMax, linesReadMax } = this.limits;
    if (this.size >= shapesMax || this.linesRead >= linesReadMax) return undefined;
    this.linesRead++;
    this.size++;
    const shape = { text: textOf(line), lines: new Map<number, number>() };
    shapes.set(key, shape);
    return shape;
  }

  private forget(): void {
    this.tenants.clear();
    this.size = 0;
  }
}

function* rowsOf({ service, labels: stream, shapes }: Stream): Generator<LogShapeRow> {
  for (const { text: shape, lines } of shapes.values()) {
    for (const [minute, count] of lines) yield { service, stream, shape, slotSeconds: minute * 60, lines: count };
    lines.clear();
  }
}

function textOf(line: string): string {
  const { words, gaps } = wordsOf(line);
  return words.map((word, i) => `${gaps[i]}${word}`).join('') + (gaps.at(-1) ?? '');
}
