/** Questions about metrics: series are found in memory, samples in the recent head or in the tables. */
import { type Labels, labelPairs, type SeriesColumns } from '#model';
import type { AskLimits } from '../ask.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { resolveSeries } from '../catalogue/resolve.ts';
import type { Sightings } from '../catalogue/sightings.ts';
import type { LabelQuestion, MetricQuestion, MetricReader } from '../contract.ts';
import type { Head } from '../head/head.ts';
import { refusalOf } from '../refusals.ts';
import { readSeconds } from '../selfmetrics.ts';
import type { Wire } from '../wire.ts';
import type { Columns } from './columns.ts';
import { exemplarsFromTables, metadataFromTables } from './exemplars.ts';
import { histogramsFromTables } from './histograms-sql.ts';
import type { SampleDeps, SampleQuestion } from './sample-sql.ts';
import { readSamples } from './samples.ts';

export interface MetricReaderDeps {
  readonly wire: Wire;
  readonly catalogue: Catalogue;
  readonly sightings: Sightings;
  readonly askLimits: AskLimits;
  /** Absent where others write to the same tables: it would not know of their samples. */
  readonly head?: Head;
}

export function createMetricReader(deps: MetricReaderDeps): MetricReader {
  const { wire, catalogue, sightings, askLimits, head } = deps;
  const sampleDeps: SampleDeps = { wire, catalogue, msMax: askLimits.msMax };

  async function select(question: MetricQuestion): Promise<SeriesColumns[]> {
    const asked = sampleQuestion(question);
    const withHistograms = { ...asked, refs: asked.refs.filter((ref) => sightings.hasHistogram(ref)) };
    const [floats, histograms] = await Promise.all([
      readSamples(asked, head === undefined ? sampleDeps : { ...sampleDeps, head }),
      histogramsFromTables(withHistograms, sampleDeps),
    ]);
    return seriesOfColumns(floats, histograms);
  }

  function seriesOfColumns(
    floats: Columns[],
    histograms: Awaited<ReturnType<typeof histogramsFromTables>>,
  ): SeriesColumns[] {
    const series: SeriesColumns[] = floats.map((columns) => {
      const labels = catalogue.labelsOf(columns.ref);
      const own = histograms.get(columns.ref);
      if (own === undefined) return withLabels(columns, labels);
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

  function refsOf({ tenant, matcherSets, startMs, endMs }: LabelQuestion): Iterable<number> {
    const sets = matcherSets.length === 0 ? [[]] : matcherSets;
    const found = sets.map((matchers) => resolveSeries(catalogue, sightings, { tenant, matchers, startMs, endMs }));
    return found.length === 1 ? (found[0] as Int32Array) : new Set(found.flatMap((refs) => [...refs]));
  }

  return {
    select: (question) => timed('select', question.signal, () => select(question)),
    async labelNames(question) {
      const names = new Set<string>();
      for (const ref of refsOf(question)) {
        const labels = catalogue.labelsOf(ref);
        for (let i = 0; i < labels.length; i += 2) names.add(labels[i] as string);
      }
      return firstOf([...names].sort(), question.limit);
    },
    async labelValues(name, question) {
      const values = new Set<string>();
      for (const ref of refsOf(question)) {
        for (const [label, value] of labelPairs(catalogue.labelsOf(ref))) if (label === name) values.add(value);
      }
      return firstOf([...values].sort(), question.limit);
    },
    async seriesOf(question) {
      const found: Labels[] = [];
      for (const ref of refsOf(question)) {
        if (question.limit > 0 && found.length >= question.limit) break;
        found.push(catalogue.labelsOf(ref));
      }
      return found;
    },
    exemplars: (question) =>
      timed('exemplars', question.signal, () => exemplarsFromTables(sampleQuestion(question), sampleDeps)),
    metadata: (question) => metadataFromTables(question, wire, askLimits),
  };
}

function withLabels(columns: Columns, labels: Labels): SeriesColumns {
  if (columns.sampleCount === undefined) return { labels, timesMs: columns.timesMs, values: columns.values };
  return {
    labels,
    sampleCount: columns.sampleCount,
    get timesMs() {
      return columns.timesMs;
    },
    get values() {
      return columns.values;
    },
  };
}

async function timed<T>(source: string, signal: AbortSignal, read: () => Promise<T>): Promise<T> {
  const end = readSeconds.startTimer({ source });
  try {
    return await read();
  } catch (error) {
    throw refusalOf(error, signal);
  } finally {
    end();
  }
}

const firstOf = (texts: string[], limit: number): string[] => (limit > 0 ? texts.slice(0, limit) : texts);
