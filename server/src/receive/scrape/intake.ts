/**
 * One target's way into the store: bodies become batches, what disappears is marked stale, and every sample is booked.
 * Knows no HTTP and no clock.
 */
import { counter, type Ledger, log } from '#kit';
import {
  type ExemplarRow,
  type HistogramRow,
  type Labels,
  type Limits,
  type MetadataRow,
  Refusal,
  type SeriesRef,
} from '#model';
import { emptied, zeroStart } from '#normalise';
import type { WriteBatch } from '#store';
import { type BodyLimits, type Drops, type ExposedBody, type ReadBody, readBody } from './body.ts';
import { createSeriesCache, type SeriesEntry } from './cache.ts';
import { type ColumnBuilder, createColumns } from './columns.ts';
import { ClassicMemory } from './exposition/index.ts';
import { type LabellingRules, reportLabels, storedLabels } from './labelling.ts';
import type { MetadataMemory } from './metadata.ts';
import { type Report, reportMetrics } from './report.ts';
import type { ResolutionLimits } from './resolution.ts';

export interface IntakeDeps {
  readonly tenant: string;
  readonly intern: (tenant: string, labels: Labels) => SeriesRef;
  /** Changes when the store forgets series of the past. */
  readonly forgets?: () => number;
  readonly write: (batch: WriteBatch) => Promise<unknown>;
  readonly ledger: Ledger;
  readonly limits: Limits['receive'];
  readonly metadata: MetadataMemory;
}

export interface IntakeRules extends LabellingRules, ResolutionLimits {
  readonly honorTimestamps: boolean;
  readonly trackTimestampsStaleness: boolean;
  readonly samplesMax: number;
  readonly extraMetrics: boolean;
  readonly nativeHistograms: boolean;
  readonly classicHistogramsToo: boolean;
  readonly customBuckets: boolean;
}

export interface IntakeOptions {
  /** The job, in the ledger. */
  readonly sender: string;
  readonly labels: Labels;
  readonly rules: IntakeRules;
}

type Success = Omit<Report, 'up' | 'scraped' | 'relabelled' | 'seriesAdded' | 'samplesMax'>;

/** How far back a target's own timestamps may lie, so that a bogus one opens no partition of a bygone day. */
const pastMsMax = 24 * 3_600_000;
/** Exemplars of one scrape; a flood of them is no reason to lose the samples. */
const exemplarsMax = 10_000;

const rulesBroken = counter(
  'farol_scrape_openmetrics_rules_broken_total',
  'Scrapes whose OpenMetrics body broke a rule between its lines and was taken all the same.',
);

export function createIntake(deps: IntakeDeps, options: IntakeOptions) {
  const sender = { protocol: 'scrape', sender: options.sender, signal: 'metrics' } as const;
  let { rules } = options;
  const labelling = (exposed: Labels) => storedLabels(exposed, options.labels, rules, deps.limits);
  const cache = createSeriesCache({ label: labelling, trackExplicit: () => rules.trackTimestampsStaleness });
  const classics = new ClassicMemory();
  const reportRefs = new Map<string, SeriesRef>();
  let warnedOfRule = false;
  let forgets = 0;

  function limitsAt(scrapeMs: number): BodyLimits {
    return {
      ...rules,
      histogramBucketsMax: deps.limits.histogramBucketsMax,
      earliestMs: scrapeMs - pastMsMax,
      latestMs: scrapeMs + deps.limits.futureMsMax,
      exemplarsMax,
      exemplarCharsMax: deps.limits.exemplarLabelsCharsMax,
    };
  }

  /** Undefined when the catalogue is full; that is booked. */
  function refOf(metric: string): SeriesRef | undefined {
    const known = reportRefs.get(metric);
    if (known !== undefined) return known;
    try {
      const ref = deps.intern(deps.tenant, reportLabels(metric, options.labels));
      reportRefs.set(metric, ref);
      return ref;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      bookDrops(new Map([['series_limit', { count: 1, example: error.message }]]));
      return undefined;
    }
  }

  function pushReport(into: ColumnBuilder, timeMs: number, report: Report | 'stale'): void {
    for (const { metric, value, extra } of reportMetrics) {
      const ref = extra && !rules.extraMetrics ? undefined : refOf(metric);
      if (ref === undefined) continue;
      if (report === 'stale') into.pushStale(ref, timeMs);
      else into.push(ref, timeMs, value(report));
    }
  }

  /** False when the store refused; then the items are booked as rejected. */
  async function send(batch: Omit<WriteBatch, 'tenant'>, items: number): Promise<boolean> {
    try {
      await deps.write({ tenant: deps.tenant, ...batch });
      deps.ledger.stored(sender, items);
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      deps.ledger.rejected(sender, error.code.toLowerCase(), items, error.message);
      log.warn({ job: options.sender, reason: error.message }, 'scraped samples could not be stored');
      return false;
    }
  }

  /** A series whose samples did not come for so long that the store forgot it gets a new ref. */
  function followForgets(): void {
    const now = deps.forgets?.() ?? 0;
    if (now === forgets) return;
    forgets = now;
    for (const entry of cache.idle()) delete entry.ref;
  }

  /** Gives refs to new series; a full catalogue costs the new ones only. */
  function internNew(entries: readonly SeriesEntry[]): { added: number; refused: string | undefined } {
    let added = 0;
    let refused: string | undefined;
    for (const entry of entries) {
      if (entry.ref !== undefined || refused !== undefined) continue;
      try {
        entry.ref = deps.intern(deps.tenant, entry.labels);
        added++;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        refused = error.message;
      }
    }
    return { added, refused };
  }

  async function store(body: ReadBody, scrapeMs: number, about: Success): Promise<void> {
    followForgets();
    const withHistograms = body.histograms.map(({ entry }) => entry);
    const { added, refused } = internNew(
      withHistograms.length === 0 ? body.entries : [...body.entries, ...withHistograms],
    );
    const gone = cache.commit();
    const columns = createColumns(body.entries.length + body.begun.length + gone.length + reportMetrics.length);
    const empty = pushZeros(columns, body, scrapeMs - pastMsMax);
    const stored = histogramRows(body);
    const withoutRef = pushSamples(columns, body) + body.histograms.length - stored.length;
    for (const ref of gone) columns.pushStale(ref, scrapeMs);
    const { scraped, relabelled } = body;
    const report = { ...about, up: true, scraped, relabelled, seriesAdded: added, samplesMax: rules.samplesMax };
    pushReport(columns, scrapeMs, report);
    bookDrops(body.dropped);
    if (withoutRef > 0) bookDrops(new Map([['series_limit', { count: withoutRef, example: refused ?? '' }]]));
    const exemplars = exemplarRows(body);
    const items = body.entries.length + body.histograms.length - withoutRef + exemplars.length;
    deps.ledger.received(sender, items);
    const metadata = deps.metadata.news([...reportRows(rules.extraMetrics), ...body.metadata.values()]);
    const histograms = [...empty, ...stored];
    const isStored = await send({ samples: columns.columns(), histograms, exemplars, metadata }, items);
    if (isStored) return;
    deps.metadata.forget(metadata);
    // What begins now will begin again.
    for (const { entry } of body.begun) delete entry.life;
  }

  function bookDrops(drops: Drops): void {
    for (const [reason, { count, example }] of drops) {
      deps.ledger.received(sender, count);
      deps.ledger.rejected(sender, reason, count, example.slice(0, 200));
    }
  }

  function noteRule(problem: string | undefined): void {
    if (problem === undefined) return;
    rulesBroken.inc();
    if (!warnedOfRule)
      log.warn({ job: options.sender, problem }, 'a target breaks a rule of OpenMetrics; taken as Prometheus does');
    warnedOfRule = true;
  }

  return {
    /** Reads a body whole, or throws ExpositionProblem (then call `fail`). Nothing is stored yet. */
    async read(exposed: ExposedBody, scrapeMs: number): Promise<ReadBody> {
      const body = await readBody(exposed, cache, { scrapeMs, limits: limitsAt(scrapeMs), classics });
      noteRule(body.brokenRule);
      return body;
    },

    /** Stores what `read` gave; resolves when it is durable, or booked as lost. */
    accept: store,

    /** The scrape failed: every series goes stale, `up` is 0. `lost` samples are booked under `reason`. */
    async fail(
      scrapeMs: number,
      report: Omit<Report, 'up' | 'samplesMax'>,
      lost: { reason: string; problem: string },
    ): Promise<void> {
      const gone = cache.abandon();
      const columns = createColumns(gone.length + reportMetrics.length);
      for (const ref of gone) columns.pushStale(ref, scrapeMs);
      pushReport(columns, scrapeMs, { ...report, up: false, samplesMax: rules.samplesMax });
      if (report.scraped > 0) bookDrops(new Map([[lost.reason, { count: report.scraped, example: lost.problem }]]));
      await send({ samples: columns.columns() }, 0);
    },

    /** The target is gone for good: every series, and `up` with them, goes stale. */
    async end(timeMs: number): Promise<void> {
      const gone = cache.abandon();
      if (reportRefs.size === 0) return;
      const columns = createColumns(gone.length + reportMetrics.length);
      for (const ref of gone) columns.pushStale(ref, timeMs);
      pushReport(columns, timeMs, 'stale');
      await send({ samples: columns.columns() }, 0);
    },

    /** New rules for the same target. Series are labelled anew; those that change their name go stale under the old one. */
    follow(next: IntakeRules): void {
      rules = next;
      cache.relabel(labelling);
    },
  };
}

export type Intake = ReturnType<typeof createIntake>;

function exemplarRows(body: ReadBody): ExemplarRow[] {
  return body.exemplars.flatMap(({ entry, identity, timeMs, value, traceId, spanId, labels }) => {
    entry.exemplar = identity;
    entry.exemplarMs = Math.max(entry.exemplarMs ?? 0, timeMs);
    return entry.ref === undefined ? [] : [{ ref: entry.ref, timeMs, value, traceId, spanId, labels }];
  });
}

/** Without those whose series have no ref. */
function histogramRows({ histograms }: ReadBody): HistogramRow[] {
  return histograms.flatMap(({ entry, timeMs, histogram }) =>
    entry.ref === undefined ? [] : [{ ref: entry.ref, timeMs, histogram }],
  );
}

/** Returns how many samples have no ref, and so are not stored. */
function pushSamples(into: ColumnBuilder, { entries, timesMs, values }: ReadBody): number {
  let withoutRef = 0;
  for (let i = 0; i < entries.length; i++) {
    const ref = entries[i]?.ref;
    if (ref === undefined) withoutRef++;
    else into.push(ref, timesMs[i] ?? 0, values[i] ?? Number.NaN);
  }
  return withoutRef;
}

/** Returns what native histograms begin with. */
function pushZeros(into: ColumnBuilder, { begun }: ReadBody, oldestMs: number): HistogramRow[] {
  const empty: HistogramRow[] = [];
  for (const { entry, histogram, ...point } of begun) {
    if (entry.ref === undefined) continue;
    entry.life ??= { startMs: 0, lastMs: 0 };
    const timeMs = zeroStart(point, entry.life, oldestMs);
    if (timeMs === undefined) continue;
    if (histogram === undefined) into.push(entry.ref, timeMs, 0);
    else empty.push({ ref: entry.ref, timeMs, histogram: emptied(histogram) });
  }
  return empty;
}

function reportRows(extras: boolean): MetadataRow[] {
  return reportMetrics
    .filter(({ extra }) => !extra || extras)
    .map(({ metric, type, unit, help }) => ({ metric, type, unit, help }));
}
