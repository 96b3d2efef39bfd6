/**
 * Classic histograms of the text formats, collected sample by sample and told as native ones with custom bounds: a sink
 * before the sink. Only families of type histogram are converted. Source: Prometheus' model/textparse/nhcbparse.go.
 */
import type { MetricType } from '#model';
import { ClassicHistogram } from './custombuckets.ts';
import { numberIn } from './numbers.ts';
import { ExpositionProblem } from './problem.ts';
import { seriesText } from './protoparts.ts';
import { parseSeries, type SeriesSyntax } from './series.ts';
import type { ExemplarText, ExposedSeries, HistogramSink } from './sink.ts';

/** A series of a classic histogram, as its text has it. */
class ClassicSeries implements ExposedSeries {
  facts?: NonNullable<ExposedSeries['facts']>;
  readonly text: string;
  /** The series of the native histogram. */
  readonly histogram: string;
  readonly part: 'bucket' | 'sum' | 'count';
  /** Of a bucket. */
  readonly bound: number;

  constructor(text: string, { histogram, part, bound }: Pick<ClassicSeries, 'histogram' | 'part' | 'bound'>) {
    this.text = text;
    this.histogram = histogram;
    this.part = part;
    this.bound = bound;
  }
}

/** A target's series of classic histograms by text, so that each is parsed once; what a scrape did not have is forgotten. */
export class ClassicMemory {
  private known = new Map<string, ClassicSeries>();
  private before = new Map<string, ClassicSeries>();

  beginScrape(): void {
    this.before = this.known;
    this.known = new Map();
  }

  /** Undefined when the text is no part of a histogram named `family`. Throws ExpositionProblem when it is no series. */
  find(text: string, family: string, syntax: SeriesSyntax): ClassicSeries | undefined {
    const found = this.known.get(text) ?? this.before.get(text) ?? learn(text, family, syntax);
    if (found !== undefined) this.known.set(found.text, found);
    return found;
  }
}

function learn(text: string, family: string, syntax: SeriesSyntax): ClassicSeries | undefined {
  const labels = parseSeries(text, syntax);
  const pairs: string[] = [];
  let name = '';
  let le = '';
  for (let i = 0; i < labels.length; i += 2) {
    const [key = '', value = ''] = [labels[i], labels[i + 1]];
    if (key === '__name__') name = value;
    else if (key === 'le') le = value;
    else pairs.push(key, value);
  }
  const part = parts.find((one) => name === `${family}_${one}`);
  if (part === undefined) return undefined;
  const bound = part === 'bucket' ? (numberIn(le, 0, le.length) ?? Number.NaN) : 0;
  if (Number.isNaN(bound)) return undefined;
  // A copy, because a piece of the body would keep the whole body in memory.
  return new ClassicSeries(Buffer.from(text).toString(), {
    histogram: seriesText({ name: family, pairs }),
    part,
    bound,
  });
}

const parts = ['bucket', 'sum', 'count'] as const;

interface ConversionOptions {
  readonly memory: ClassicMemory;
  readonly syntax: SeriesSyntax;
  /** The classic series are told as well. */
  readonly classicToo: boolean;
  /** Is told of histograms that contradict themselves: they are not converted. */
  readonly onRefused: (histogram: string, problem: string) => void;
}

interface Collected {
  readonly histogram: string;
  readonly classic: ClassicHistogram;
  readonly exemplars: ExemplarText[];
  timeMs: number | undefined;
  startMs?: number;
}

interface ConvertingSink extends HistogramSink {
  /** The body is whole. */
  end(): void;
}

export function convertingSink(inner: HistogramSink, options: ConversionOptions): ConvertingSink {
  const { memory, syntax, classicToo, onRefused } = options;
  let family: string | undefined;
  let collected: Collected | undefined;

  function flush(): void {
    if (collected === undefined) return;
    const { histogram, classic, exemplars, timeMs, startMs } = collected;
    collected = undefined;
    try {
      const native = classic.asNative('unknown');
      const series = inner.series(histogram);
      inner.histogram(series, native, timeMs, exemplars);
      if (startMs !== undefined) inner.began?.(series, startMs);
    } catch (error) {
      if (!(error instanceof ExpositionProblem)) throw error;
      onRefused(histogram, error.message);
    }
  }

  function collect(series: ClassicSeries, value: number, timeMs: number | undefined, exemplar?: ExemplarText): void {
    if (collected?.histogram !== series.histogram) {
      flush();
      collected = { histogram: series.histogram, classic: new ClassicHistogram(), exemplars: [], timeMs };
    }
    if (series.part === 'bucket') collected.classic.bucket(series.bound, value);
    else if (series.part === 'count') collected.classic.counted(value);
    else collected.classic.sum = value;
    // Exemplars of native histograms must say when they were.
    if (exemplar?.timeMs !== undefined) collected.exemplars.push(exemplar);
  }

  return {
    series: (text) => (family === undefined ? undefined : memory.find(text, family, syntax)) ?? inner.series(text),
    sample(series, value, timeMs, exemplar) {
      if (!(series instanceof ClassicSeries)) {
        flush();
        inner.sample(series, value, timeMs, exemplar);
        return;
      }
      collect(series, value, timeMs, exemplar);
      if (classicToo) inner.sample(inner.series(series.text), value, timeMs, exemplar);
    },
    began(series, startMs) {
      if (!(series instanceof ClassicSeries)) return inner.began?.(series, startMs);
      if (collected?.histogram === series.histogram) collected.startMs = startMs;
      if (classicToo) inner.began?.(inner.series(series.text), startMs);
    },
    type(name: string, type: MetricType) {
      flush();
      family = type === 'histogram' ? name : undefined;
      inner.type(name, type);
    },
    help(name, help) {
      flush();
      inner.help(name, help);
    },
    unit(name, unit) {
      flush();
      inner.unit(name, unit);
    },
    histogram: inner.histogram,
    end: flush,
  };
}
