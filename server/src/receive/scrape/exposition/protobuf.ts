/**
 * Prometheus' protobuf exposition: `io.prometheus.client.MetricFamily` messages, each after its length. The only format
 * that carries native histograms. Its series get the text that the other formats would have, by which they are known.
 * Source: client_model's metrics.proto, and Prometheus' model/textparse for what becomes of each type.
 */
import { ProtoCursor } from '#kit';
import { type MetricType, Refusal } from '#model';
import { readLabelPair } from '../../labelpair.ts';
import { ClassicHistogram } from './custombuckets.ts';
import { ExpositionProblem } from './problem.ts';
import { isNative, nativeOf, type ProtoHistogram, readHistogram } from './protohistogram.ts';
import { boundText, type Labelled, readExemplar, readTimestampMs, seriesText } from './protoparts.ts';
import type { ExemplarText, ExposedSeries, ExpositionParser, HistogramSink } from './sink.ts';

export interface ProtobufOptions {
  /** Take native histograms where there are any. */
  readonly native: boolean;
  /** Take the classic buckets of those, and of what is converted, as well. */
  readonly classicToo: boolean;
  /** Make native histograms with custom bounds of classic ones. */
  readonly convert: boolean;
}

const types: readonly MetricType[] = ['counter', 'gauge', 'summary', 'unknown', 'histogram', 'gaugehistogram'];

/** Reads a metric in one step. Throws ExpositionProblem. */
export function protobufParser(bytes: Buffer, sink: HistogramSink, options: ProtobufOptions): ExpositionParser {
  const reading = new Reading(bytes, sink, options);
  return {
    read(stepsMax) {
      try {
        for (let left = stepsMax; left > 0; left--) if (reading.step()) return true;
        return false;
      } catch (error) {
        if (error instanceof Refusal) throw new ExpositionProblem(error.message);
        throw error;
      }
    },
  };
}

interface Family {
  readonly name: string;
  readonly type: MetricType;
  readonly end: number;
}

/** What a metric is made of, whatever the order of its fields. */
interface Metric extends Labelled {
  timeMs: number | undefined;
  /** Where the message with the values is; 0 when there is none. */
  at: number;
  end: number;
}

class Reading {
  private readonly cursor: ProtoCursor;
  private readonly sink: HistogramSink;
  private readonly options: ProtobufOptions;
  private family: Family | undefined;

  constructor(bytes: Buffer, sink: HistogramSink, options: ProtobufOptions) {
    this.cursor = new ProtoCursor(bytes);
    this.sink = sink;
    this.options = options;
  }

  /** True when the body is done. */
  step(): boolean {
    const { cursor, family } = this;
    if (family === undefined) {
      if (cursor.at >= cursor.bytes.length) return true;
      this.family = this.open(cursor.message(cursor.bytes.length));
      return false;
    }
    while (cursor.at < family.end) {
      const tag = cursor.varint(family.end);
      if (tag === 0x22) {
        this.metric(family, cursor.message(family.end));
        return false;
      }
      cursor.skip(tag, family.end);
    }
    this.family = undefined;
    return false;
  }

  private open(end: number): Family {
    const { cursor, sink } = this;
    const start = cursor.at;
    let name = '';
    let help = '';
    let unit = '';
    let type: MetricType = 'counter';
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === 0x0a) name = cursor.text(end);
      else if (tag === 0x12) help = cursor.text(end);
      else if (tag === 0x18) type = typeOf(cursor.varint(end), name);
      else if (tag === 0x2a) unit = cursor.text(end);
      else cursor.skip(tag, end);
    }
    if (name === '') throw new ExpositionProblem('a metric family has no name');
    sink.type(name, type);
    if (help !== '') sink.help(name, help);
    if (unit !== '') sink.unit(name, unit);
    cursor.at = start;
    return { name, type, end };
  }

  private metric({ name, type }: Family, end: number): void {
    const { cursor } = this;
    const metric = this.partsOf(end, name);
    cursor.at = metric.at;
    switch (type) {
      case 'summary':
        this.summary(metric);
        break;
      case 'histogram':
      case 'gaugehistogram':
        this.histogram(metric, type === 'gaugehistogram');
        break;
      default:
        this.single(metric, type === 'counter');
    }
    cursor.at = end;
  }

  private partsOf(end: number, name: string): Metric {
    const { cursor } = this;
    const metric: Metric = { name, pairs: [], timeMs: undefined, at: end, end };
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === 0x0a) readLabelPair(cursor, cursor.message(end), metric.pairs);
      else if (tag === 0x12 || tag === 0x1a || tag === 0x22 || tag === 0x2a || tag === 0x3a) {
        metric.end = cursor.message(end);
        metric.at = cursor.at;
        cursor.at = metric.end;
      } else if (tag === 0x30) metric.timeMs = cursor.int64(end) || undefined;
      else cursor.skip(tag, end);
    }
    return metric;
  }

  /** A counter, a gauge or a value of no type. */
  private single(metric: Metric, isCounter: boolean): void {
    const { cursor } = this;
    const { end, timeMs } = metric;
    let value = 0;
    let startMs = 0;
    let exemplar: ExemplarText | undefined;
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === 0x09) value = cursor.double(end);
      else if (tag === 0x12) exemplar = readExemplar(cursor, cursor.message(end));
      else if (tag === 0x1a && isCounter) startMs = readTimestampMs(cursor, cursor.message(end));
      else cursor.skip(tag, end);
    }
    this.began(this.sample(seriesText(metric), value, timeMs, exemplar), startMs);
  }

  private summary(metric: Metric): void {
    const { cursor } = this;
    const { end, timeMs, name } = metric;
    let count = 0;
    let sum = 0;
    let startMs = 0;
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === 0x08) count = cursor.uint64(end);
      else if (tag === 0x11) sum = cursor.double(end);
      else if (tag === 0x1a) {
        const [quantile, value] = this.twoDoubles(cursor.message(end));
        this.sample(seriesText(metric, name, ['quantile', boundText(quantile)]), value, timeMs);
      } else if (tag === 0x22) startMs = readTimestampMs(cursor, cursor.message(end));
      else cursor.skip(tag, end);
    }
    this.began(this.sample(seriesText(metric, `${name}_sum`), sum, timeMs), startMs);
    this.began(this.sample(seriesText(metric, `${name}_count`), count, timeMs), startMs);
  }

  private twoDoubles(end: number): [number, number] {
    const { cursor } = this;
    const found: [number, number] = [0, 0];
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === 0x09) found[0] = cursor.double(end);
      else if (tag === 0x11) found[1] = cursor.double(end);
      else cursor.skip(tag, end);
    }
    return found;
  }

  private histogram(metric: Metric, isGauge: boolean): void {
    const { native, classicToo, convert } = this.options;
    const read = readHistogram(this.cursor, metric.end);
    // What goes up and down does not count from zero.
    const found = isGauge ? { ...read, startMs: 0 } : read;
    const asNative = native && isNative(found);
    if (asNative) {
      // Exemplars of native histograms must say when they were; buckets' are used when it has none of its own.
      const own =
        found.exemplars.length > 0 ? found.exemplars : found.buckets.flatMap(({ exemplar }) => exemplar ?? []);
      const exemplars = own.filter(({ timeMs }) => timeMs !== undefined);
      const series = this.sink.series(seriesText(metric));
      this.sink.histogram(series, nativeOf(found, isGauge), metric.timeMs, exemplars);
      this.began(series, found.startMs);
    }
    const isConverted = convert && !asNative;
    if (isConverted) this.converted(metric, found, isGauge);
    if (classicToo ? !asNative || found.buckets.length > 0 : !asNative && !isConverted) this.classic(metric, found);
  }

  private converted(metric: Metric, { buckets, count, sum, startMs }: ProtoHistogram, isGauge: boolean): void {
    const classic = new ClassicHistogram();
    classic.counted(count);
    classic.sum = sum;
    for (const { bound, cumulative } of buckets) classic.bucket(bound, cumulative);
    const exemplars = buckets.flatMap(({ exemplar }) => (exemplar?.timeMs === undefined ? [] : [exemplar]));
    const native = classic.asNative(isGauge ? 'gauge' : 'unknown');
    const series = this.sink.series(seriesText(metric));
    this.sink.histogram(series, native, metric.timeMs, exemplars);
    this.began(series, startMs);
  }

  private classic(metric: Metric, { buckets, count, sum, startMs }: ProtoHistogram): void {
    const { name, timeMs } = metric;
    const part = (text: string, value: number, exemplar?: ExemplarText) =>
      this.began(this.sample(text, value, timeMs, exemplar), startMs);
    const bucket = (bound: number, value: number, exemplar?: ExemplarText) =>
      part(seriesText(metric, `${name}_bucket`, ['le', boundText(bound)]), value, exemplar);
    for (const { bound, cumulative, exemplar } of buckets) bucket(bound, cumulative, exemplar);
    // The last bucket is implied by the count, and most clients leave it out.
    if (buckets.at(-1)?.bound !== Number.POSITIVE_INFINITY) bucket(Number.POSITIVE_INFINITY, count);
    part(seriesText(metric, `${name}_sum`), sum);
    part(seriesText(metric, `${name}_count`), count);
  }

  private sample(text: string, value: number, timeMs: number | undefined, exemplar?: ExemplarText): ExposedSeries {
    const series = this.sink.series(text);
    this.sink.sample(series, value, timeMs, exemplar);
    return series;
  }

  private began(series: ExposedSeries, startMs: number): void {
    if (startMs !== 0) this.sink.began?.(series, startMs);
  }
}

function typeOf(number: number, family: string): MetricType {
  const type = types[number];
  if (type === undefined) throw new ExpositionProblem(`family ${family} has the unknown metric type ${number}`);
  return type;
}
