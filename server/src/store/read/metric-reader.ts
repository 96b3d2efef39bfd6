/** Questions about metrics: series are found in memory, samples in the recent head or in the tables. */
import { afterwards } from '#kit';
import type { SeriesColumns } from '#model';
import type { AskLimits } from '../ask.ts';
import { cardinalityOf } from '../catalogue/cardinality.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { labelNames, labelValues, listSeries } from '../catalogue/listings.ts';
import { resolveSeries } from '../catalogue/resolve.ts';
import type { Sightings } from '../catalogue/sightings.ts';
import type { MetricQuestion, MetricReader, PlainSeries } from '../contract.ts';
import type { Head } from '../head/head.ts';
import type { Writings } from '../head/writings.ts';
import { refusalOf } from '../refusals.ts';
import { readSeconds, samplesRead } from '../selfmetrics.ts';
import type { Wire } from '../wire.ts';
import { type Columns, labelled, plainSeries } from './columns.ts';
import { exemplarsFromTables, metadataFromTables } from './exemplars.ts';
import { histogramsFromTables } from './histograms-sql.ts';
import type { SampleDeps, SampleQuestion } from './sample-sql.ts';
import { readSamples } from './samples.ts';
import { walkSeries } from './walk.ts';

export interface MetricReaderDeps {
  readonly wire: Wire;
  readonly catalogue: Catalogue;
  readonly sightings: Sightings;
  readonly askLimits: AskLimits;
  /** Absent where others write to the same tables: it would not know of their samples. */
  readonly head?: Head;
  /** Absent where others write, as the head. */
  readonly writings?: Writings;
}

export function createMetricReader(deps: MetricReaderDeps): MetricReader {
  const { wire, catalogue, sightings, askLimits, head } = deps;
  const sampleDeps: SampleDeps = { wire, catalogue, msMax: askLimits.msMax };

  async function select(question: MetricQuestion): Promise<SeriesColumns[]> {
    return read(sampleQuestion(question));
  }

  async function read(asked: SampleQuestion): Promise<SeriesColumns[]> {
    const withHistograms = { ...asked, refs: asked.refs.filter((ref) => sightings.hasHistogram(ref)) };
    const [floats, histograms] = await Promise.all([
      readSamples(asked, head === undefined ? sampleDeps : { ...sampleDeps, head }),
      histogramsFromTables(withHistograms, sampleDeps),
    ]);
    return seriesOfColumns(floats, histograms);
  }

  function glance(question: MetricQuestion): PlainSeries | undefined {
    const { startMs, endMs, signal, seriesMax } = question;
    if (head === undefined || startMs < head.validFromMs) return undefined;
    const beganMs = performance.now();
    const refs = resolved(question, signal);
    if (refs.length > seriesMax || sightings.haveHistogram(refs)) return undefined;
    const cells = head.plain(refs, startMs, endMs);
    if (cells === undefined) return undefined;
    const seconds = (performance.now() - beganMs) / 1000;
    afterwards(() => {
      readSeconds.observe({ source: 'select' }, seconds);
      samplesRead.inc({ source: 'head' }, cells.samples);
    });
    return plainSeries(cells, (ref) => catalogue.labelsOf(ref));
  }

  function resolved(question: MetricQuestion, signal: AbortSignal): Int32Array {
    try {
      return resolveSeries(catalogue, sightings, question);
    } catch (error) {
      throw refusalOf(error, signal);
    }
  }

  function seriesOfColumns(
    floats: Columns[],
    histograms: Awaited<ReturnType<typeof histogramsFromTables>>,
  ): SeriesColumns[] {
    const series: SeriesColumns[] = floats.map((columns) => {
      const labels = catalogue.labelsOf(columns.ref);
      const own = histograms.get(columns.ref);
      if (own === undefined) return labelled(columns, labels);
      histograms.delete(columns.ref);
      return { labels, timesMs: columns.timesMs, values: columns.values, histograms: own };
    });
    for (const [ref, own] of histograms) {
      const none = new Float64Array(0);
      series.push({ labels: catalogue.labelsOf(ref), timesMs: none, values: none, histograms: own });
    }
    return series;
  }

  function sampleQuestion(question: MetricQuestion): SampleQuestion {
    const { tenant, startMs, endMs, windows, signal, samplesMax, seriesMax } = question;
    const refs = resolveSeries(catalogue, sightings, question);
    return { tenant, refs, startMs, endMs, ...(windows && { windows }), signal, limits: { samplesMax, seriesMax } };
  }

  return {
    select: (question) => timed('select', question.signal, () => select(question)),
    glance,
    walk(question) {
      const { refs, ...rest } = sampleQuestion(question);
      const readSome = (some: Int32Array) => timed('walk', question.signal, () => read({ ...rest, refs: some }));
      return walkSeries(refs, question, { labelsOf: (ref) => catalogue.labelsOf(ref), read: readSome });
    },
    labelNames: (question) => timed('labels', question.signal, () => labelNames(deps, question)),
    labelValues: (name, question) => timed('labels', question.signal, () => labelValues(deps, name, question)),
    listSeries: (question) => timed('labels', question.signal, () => listSeries(deps, question)),
    seriesOf: (question) =>
      timed('labels', question.signal, async () => [...(await listSeries(deps, question)).labels]),
    cardinality: ({ tenant, limit }) => cardinalityOf(catalogue, tenant, limit),
    exemplars: (question) =>
      timed('exemplars', question.signal, () => exemplarsFromTables(sampleQuestion(question), sampleDeps)),
    metadata: (question) => metadataFromTables(question, wire, askLimits),
    writtenSince: (tenant, mark) =>
      deps.writings?.since(tenant, mark) ?? { mark: 0, leastMs: Number.NEGATIVE_INFINITY },
  };
}

async function timed<T>(source: string, signal: AbortSignal, read: () => Promise<T>): Promise<T> {
  const beganMs = performance.now();
  try {
    return await read();
  } catch (error) {
    throw refusalOf(error, signal);
  } finally {
    const seconds = (performance.now() - beganMs) / 1000;
    afterwards(() => readSeconds.observe({ source }, seconds));
  }
}
