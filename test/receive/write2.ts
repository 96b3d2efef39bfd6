/** Remote write 2.0 as a sender encodes it: io.prometheus.write.v2.Request in a snappy block. Right or wrong, as told. */
import { ProtoWriter } from '../../server/src/kit/index.ts';
import { snappy } from '../../server/src/receive/payloads.testing.ts';

type LabelsSent = Readonly<Record<string, string>>;

export interface SeriesSent {
  readonly labels?: LabelsSent;
  /** In place of `labels`, as places in the symbols. */
  readonly refs?: readonly number[];
  readonly samples?: readonly { readonly value: number; readonly timeMs: number; readonly startMs?: number }[];
  readonly histograms?: readonly HistogramSent[];
  readonly exemplars?: readonly {
    readonly labels: LabelsSent;
    readonly refs?: readonly number[];
    readonly value: number;
    readonly timeMs: number;
  }[];
  readonly metadata?: {
    readonly type: number;
    readonly help?: string;
    readonly unit?: string;
    readonly unitPlace?: number;
  };
}

export interface HistogramSent {
  readonly timeMs: number;
  readonly startMs?: number;
  readonly count: number;
  readonly sum: number;
  readonly schema: number;
  readonly zeroCount?: number;
  /** One span at offset 0; counts, not deltas. */
  readonly positive?: readonly number[];
  readonly negative?: readonly number[];
  readonly bounds?: readonly number[];
}

export const headers2 = {
  'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '2.0.0',
  'user-agent': 'farol-test',
};

/** `symbols` replaces the first ones, to send what no sender should. */
export function encodeRequest2(series: readonly SeriesSent[], symbols: readonly string[] = ['']): Buffer {
  return snappy(requestBytes(series, symbols));
}

export function requestBytes(series: readonly SeriesSent[], symbols: readonly string[] = ['']): Buffer {
  const places = new Map(symbols.map((text, place) => [text, place]));
  const place = (text: string) => {
    const known = places.get(text) ?? places.size;
    places.set(text, known);
    return known;
  };
  const body = new ProtoWriter();
  for (const one of series) body.message(5, (into) => writeSeries(into, one, place));
  const head = new ProtoWriter();
  for (const text of places.keys()) head.text(4, text);
  return Buffer.concat([head.finish(), body.finish()]);
}

type Place = (text: string) => number;

function writeSeries(into: ProtoWriter, series: SeriesSent, place: Place): void {
  into.packedVarints(1, series.refs ?? refsOf(series.labels ?? {}, place));
  for (const { value, timeMs, startMs } of series.samples ?? []) {
    into.message(2, (sample) => {
      sample.double(1, value).varint(2, timeMs);
      if (startMs !== undefined) sample.varint(3, startMs);
    });
  }
  for (const histogram of series.histograms ?? []) into.message(3, (inner) => writeHistogram(inner, histogram));
  for (const { labels, refs, value, timeMs } of series.exemplars ?? []) {
    into.message(4, (exemplar) =>
      exemplar
        .packedVarints(1, refs ?? refsOf(labels, place))
        .double(2, value)
        .varint(3, timeMs),
    );
  }
  const { metadata } = series;
  if (metadata) {
    into.message(5, (inner) => {
      inner.varint(1, metadata.type).varint(3, place(metadata.help ?? ''));
      inner.varint(4, metadata.unitPlace ?? place(metadata.unit ?? ''));
    });
  }
}

function refsOf(labels: LabelsSent, place: Place): number[] {
  return Object.entries(labels).flatMap(([name, value]) => [place(name), place(value)]);
}

function writeHistogram(into: ProtoWriter, histogram: HistogramSent): void {
  const { count, sum, schema, zeroCount = 0, positive = [], negative = [], bounds = [] } = histogram;
  into.varint(1, count).double(3, sum).zigzag(4, schema).varint(6, zeroCount);
  for (const [spans, deltas, counts] of [
    [8, 9, negative],
    [11, 12, positive],
  ] as const) {
    if (counts.length === 0) continue;
    into.message(spans, (span) => span.zigzag(1, 0).varint(2, counts.length));
    into.packedVarints(
      deltas,
      counts.map((n, i) => zigzag(n - (counts[i - 1] ?? 0))),
    );
  }
  into.varint(15, histogram.timeMs);
  if (bounds.length > 0) into.packedDoubles(16, bounds);
  if (histogram.startMs !== undefined) into.varint(17, histogram.startMs);
}

function zigzag(value: number): number {
  return value < 0 ? -value * 2 - 1 : value * 2;
}
