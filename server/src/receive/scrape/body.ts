/** One body, read into columns before anything is kept of it: a scrape counts whole or not at all. */
import { setImmediate as breathe } from 'node:timers/promises';
import type { MetadataRow, MetricType } from '#model';
import type { SeriesCache, SeriesEntry } from './cache.ts';
import { type ExemplarParts, readExemplar } from './exemplars.ts';
import { type ExemplarText, openMetricsParser, type Sink, textParser } from './exposition/index.ts';

export type ExpositionFormat = 'text' | 'openmetrics';

export interface BodyLimits {
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

export interface ReadBody {
  readonly entries: readonly SeriesEntry[];
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
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
  text: string,
  format: ExpositionFormat,
  cache: SeriesCache,
  { scrapeMs, limits }: { scrapeMs: number; limits: BodyLimits },
): Promise<ReadBody> {
  const collector = createCollector(cache, { scrapeMs, limits, hasSuffixes: format === 'openmetrics' });
  const parser =
    format === 'openmetrics'
      ? openMetricsParser(text, collector.sink, { onBrokenRule: collector.noteRule })
      : textParser(text, collector.sink);
  while (!parser.read(linesPerTurn)) await breathe();
  return collector.body();
}

interface CollectorOptions {
  readonly scrapeMs: number;
  readonly limits: BodyLimits;
  readonly hasSuffixes: boolean;
}

function createCollector(cache: SeriesCache, { scrapeMs, limits, hasSuffixes }: CollectorOptions) {
  const entries: SeriesEntry[] = [];
  const timesMs: number[] = [];
  const values: number[] = [];
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

  /** Hot: once per sample. */
  function sample(entry: SeriesEntry, value: number, given: number | undefined, exemplar?: ExemplarText): void {
    scraped++;
    if (entry.dropReason !== undefined) {
      cache.touch(entry);
      drop(entry.dropReason, entry.text);
      return;
    }
    relabelled++;
    const explicit = limits.honorTimestamps ? given : undefined;
    const timeMs = explicit ?? scrapeMs;
    if (explicit !== undefined && (explicit < limits.earliestMs || explicit > limits.latestMs)) {
      drop(explicit < limits.earliestMs ? 'too_old' : 'too_far_in_future', entry.text);
      return;
    }
    if (!cache.see(entry, timeMs, explicit !== undefined)) {
      drop('duplicate_timestamp', entry.text);
      return;
    }
    // Past the limit the scrape is lost already; reading on only counts what it would have been.
    if (limits.samplesMax > 0 && relabelled > limits.samplesMax) return;
    entries.push(entry);
    timesMs.push(timeMs);
    values.push(value);
    if (exemplar) keepExemplar(entry, exemplar, timeMs);
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

  const sink: Sink = {
    series: (text) => cache.entry(text, { loose: !hasSuffixes }),
    sample: (series, value, timeMs, exemplar) => sample(series as SeriesEntry, value, timeMs, exemplar),
    help: (family, help) => tell(family, { help }),
    unit: (family, unit) => tell(family, { unit }),
    type: tellType,
  };

  return {
    sink,
    noteRule: (problem: string): void => {
      brokenRule = problem;
    },
    body: (): ReadBody => ({ entries, timesMs, values, exemplars, metadata, scraped, relabelled, dropped, brokenRule }),
  };
}
