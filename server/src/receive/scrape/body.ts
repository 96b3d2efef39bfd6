/** One body, read into columns before anything is kept of it: a scrape counts whole or not at all. */
import { setImmediate as breathe } from 'node:timers/promises';
import type { MetadataRow, MetricType, NativeHistogram } from '#model';
import { histogramFault } from '../nativehistograms.ts';
import type { SeriesCache, SeriesEntry } from './cache.ts';
import { type ExemplarParts, readExemplar } from './exemplars.ts';
import {
  type ClassicMemory,
  convertingSink,
  type ExemplarText,
  type ExpositionParser,
  type HistogramSink,
  openMetricsParser,
  protobufParser,
  textParser,
} from './exposition/index.ts';
import { type ResolutionLimits, withinLimits } from './resolution.ts';

export type ExpositionFormat = ExposedBody['format'];

export type ExposedBody =
  | { readonly format: 'text' | 'openmetrics'; readonly text: string }
  | { readonly format: 'protobuf'; readonly bytes: Buffer };

export interface BodyLimits extends ResolutionLimits {
  readonly nativeHistograms: boolean;
  readonly classicHistogramsToo: boolean;
  readonly customBuckets: boolean;
  readonly histogramBucketsMax: number;
  readonly honorTimestamps: boolean;
  /** 0: none. Samples after relabelling. */
  readonly samplesMax: number;
  readonly earliestMs: number;
  readonly latestMs: number;
  readonly exemplarsMax: number;
  readonly exemplarCharsMax: number;
}

interface BodyExemplar extends ExemplarParts {
  readonly entry: SeriesEntry;
  readonly timeMs: number;
  readonly value: number;
  /** To know it again at the next scrape. */
  readonly identity: string;
}

interface BodyHistogram {
  readonly entry: SeriesEntry;
  readonly timeMs: number;
  readonly histogram: NativeHistogram;
}

/** A series whose count began at another time than was known. */
interface BodyBeginning {
  readonly entry: SeriesEntry;
  readonly startMs: number;
  readonly timeMs: number;
  /** What the series has at that time, when it is no float. */
  readonly histogram: NativeHistogram | undefined;
}

export interface ReadBody {
  readonly entries: readonly SeriesEntry[];
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
  readonly histograms: readonly BodyHistogram[];
  readonly begun: readonly BodyBeginning[];
  readonly exemplars: readonly BodyExemplar[];
  readonly metadata: ReadonlyMap<string, MetadataRow>;
  /** Samples in the body. */
  readonly scraped: number;
  /** Samples left after relabelling, duplicates included. */
  readonly relabelled: number;
  readonly dropped: Drops;
  /** The first rule of OpenMetrics that the body breaks. */
  readonly brokenRule: string | undefined;
}

export type Drops = ReadonlyMap<string, { readonly count: number; readonly example: string }>;

/** So many lines, then a turn for everybody else: some bodies have a million. */
const linesPerTurn = 20_000;

/** Throws ExpositionProblem. Nothing of the cache but which series are known changes. */
export async function readBody(
  body: ExposedBody,
  cache: SeriesCache,
  { scrapeMs, limits, classics }: { scrapeMs: number; limits: BodyLimits; classics: ClassicMemory },
): Promise<ReadBody> {
  const isLoose = body.format === 'text';
  const collector = createCollector(cache, { scrapeMs, limits, isLoose, hasSuffixes: body.format === 'openmetrics' });
  if (limits.customBuckets && body.format !== 'protobuf') return readConverting(body, collector, { limits, classics });
  await readAll(parserOf(body, collector, limits));
  return collector.body();
}

async function readAll(parser: ExpositionParser): Promise<void> {
  while (!parser.read(linesPerTurn)) await breathe();
}

async function readConverting(
  body: ExposedBody,
  collector: Collector,
  { limits, classics }: { limits: BodyLimits; classics: ClassicMemory },
): Promise<ReadBody> {
  classics.beginScrape();
  const sink = convertingSink(collector.sink, {
    memory: classics,
    syntax: { loose: body.format === 'text' },
    classicToo: limits.classicHistogramsToo,
    onRefused: (histogram, problem) => collector.drop('malformed_histogram', `${histogram}: ${problem}`),
  });
  await readAll(parserOf(body, { ...collector, sink }, limits));
  sink.end();
  return collector.body();
}

type Collector = ReturnType<typeof createCollector>;

function parserOf(
  body: ExposedBody,
  { sink, noteRule }: Pick<Collector, 'sink' | 'noteRule'>,
  { nativeHistograms, classicHistogramsToo, customBuckets }: BodyLimits,
): ExpositionParser {
  switch (body.format) {
    case 'text':
      return textParser(body.text, sink);
    case 'openmetrics':
      return openMetricsParser(body.text, sink, { onBrokenRule: noteRule });
    case 'protobuf':
      return protobufParser(body.bytes, sink, {
        native: nativeHistograms,
        classicToo: classicHistogramsToo,
        convert: customBuckets,
      });
  }
}

interface CollectorOptions {
  readonly scrapeMs: number;
  readonly limits: BodyLimits;
  readonly isLoose: boolean;
  readonly hasSuffixes: boolean;
}

function createCollector(cache: SeriesCache, { scrapeMs, limits, isLoose, hasSuffixes }: CollectorOptions) {
  const entries: SeriesEntry[] = [];
  const timesMs: number[] = [];
  const values: number[] = [];
  const histograms: BodyHistogram[] = [];
  const begun: BodyBeginning[] = [];
  let malformed: SeriesEntry | undefined;
  const exemplars: BodyExemplar[] = [];
  const metadata = new Map<string, MetadataRow>();
  const types = new Map<string, MetricType>();
  const dropped = new Map<string, { count: number; example: string }>();
  let scraped = 0;
  let relabelled = 0;
  let brokenRule: string | undefined;

  function drop(reason: string, example: string): void {
    const known = dropped.get(reason);
    if (known) known.count++;
    else dropped.set(reason, { count: 1, example });
  }

  /** Hot: once per sample. The sample's time, or undefined when it is not kept, which is counted. */
  function timeOf(entry: SeriesEntry, given: number | undefined): number | undefined {
    scraped++;
    if (entry.dropReason !== undefined) {
      cache.touch(entry);
      drop(entry.dropReason, entry.text);
      return undefined;
    }
    relabelled++;
    const explicit = limits.honorTimestamps ? given : undefined;
    const timeMs = explicit ?? scrapeMs;
    if (explicit !== undefined && (explicit < limits.earliestMs || explicit > limits.latestMs)) {
      drop(explicit < limits.earliestMs ? 'too_old' : 'too_far_in_future', entry.text);
      return undefined;
    }
    if (!cache.see(entry, timeMs, explicit !== undefined)) {
      drop('duplicate_timestamp', entry.text);
      return undefined;
    }
    // Past the limit the scrape is lost already; reading on only counts what it would have been.
    return limits.samplesMax > 0 && relabelled > limits.samplesMax ? undefined : timeMs;
  }

  /** Hot: once per sample. */
  function sample(entry: SeriesEntry, value: number, given: number | undefined, exemplar?: ExemplarText): void {
    const timeMs = timeOf(entry, given);
    if (timeMs === undefined) return;
    entries.push(entry);
    timesMs.push(timeMs);
    values.push(value);
    if (exemplar) keepExemplar(entry, exemplar, timeMs);
  }

  function histogram(
    entry: SeriesEntry,
    exposed: NativeHistogram,
    given: number | undefined,
    told: readonly ExemplarText[],
  ): void {
    const timeMs = timeOf(entry, given);
    if (timeMs === undefined) return;
    const kept = withinLimits(exposed, limits);
    const fault = histogramFault(kept, limits.histogramBucketsMax);
    if (fault !== undefined) {
      malformed = entry;
      drop('malformed_histogram', `${entry.text} ${fault}`);
      return;
    }
    histograms.push({ entry, timeMs, histogram: kept });
    // A target repeats its exemplars until there are newer ones.
    const newer = told.filter((exemplar) => (exemplar.timeMs ?? 0) > (entry.exemplarMs ?? 0));
    for (const exemplar of newer) keepExemplar(entry, exemplar, timeMs);
  }

  /** Hot: once per sample that tells its start. */
  function began(entry: SeriesEntry, startMs: number): void {
    const { life, timeMs } = entry;
    if (entry.dropReason !== undefined || entry === malformed) return;
    if (life?.startMs === startMs) life.lastMs = timeMs;
    else {
      const last = histograms.at(-1);
      begun.push({ entry, startMs, timeMs, histogram: last?.entry === entry ? last.histogram : undefined });
    }
  }

  function keepExemplar(entry: SeriesEntry, exemplar: ExemplarText, sampleMs: number): void {
    const timeMs = exemplar.timeMs ?? sampleMs;
    const identity = `${exemplar.timeMs ?? ''} ${exemplar.value} ${exemplar.labels}`;
    // A target repeats its exemplar until there is a newer one.
    if (entry.exemplar === identity) return;
    const parts = readExemplar(exemplar.labels, limits.exemplarCharsMax);
    if (!parts) drop('exemplar_labels_too_long', entry.text);
    else if (exemplars.length >= limits.exemplarsMax) drop('too_many_exemplars', entry.text);
    else if (timeMs > limits.latestMs || timeMs < limits.earliestMs) drop('exemplar_out_of_time', entry.text);
    else exemplars.push({ ...parts, entry, timeMs, value: exemplar.value, identity });
  }

  function tell(family: string, told: Partial<MetadataRow>): void {
    const metric = storedName(family, types.get(family));
    const known = metadata.get(metric) ?? { metric, type: 'unknown', unit: '', help: '' };
    metadata.set(metric, { ...known, ...told });
  }

  function tellType(family: string, type: MetricType): void {
    // Help often comes before the type, and with it the name, is known.
    const early = types.has(family) ? undefined : metadata.get(family);
    types.set(family, type);
    const metric = storedName(family, type);
    if (early && metric !== family) {
      metadata.delete(family);
      metadata.set(metric, { ...early, metric });
    }
    tell(family, { type });
  }

  /** OpenMetrics names a counter without `_total`, an info without `_info`; people ask for what the samples are called. */
  function storedName(family: string, type: MetricType | undefined): string {
    if (!hasSuffixes) return family;
    if (type === 'counter' && !family.endsWith('_total')) return `${family}_total`;
    if (type === 'info' && !family.endsWith('_info')) return `${family}_info`;
    return family;
  }

  const sink: HistogramSink = {
    series: (text) => cache.entry(text, { loose: isLoose }),
    sample: (series, value, timeMs, exemplar) => sample(series as SeriesEntry, value, timeMs, exemplar),
    histogram: (series, native, timeMs, told) => histogram(series as SeriesEntry, native, timeMs, told),
    began: (series, startMs) => began(series as SeriesEntry, startMs),
    help: (family, help) => tell(family, { help }),
    unit: (family, unit) => tell(family, { unit }),
    type: tellType,
  };

  return {
    sink,
    drop,
    noteRule: (problem: string): void => {
      brokenRule = problem;
    },
    body: (): ReadBody => ({
      entries,
      timesMs,
      values,
      histograms,
      begun,
      exemplars,
      metadata,
      scraped,
      relabelled,
      dropped,
      brokenRule,
    }),
  };
}
