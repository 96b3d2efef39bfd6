/**
 * One target's way into the store: bodies become batches, what disappears is marked stale, and every sample is booked.
 * Knows no HTTP: the scrape loop and Farol's own metrics both feed it.
 */
import { counter, type Ledger, log, type Protocol } from '#kit';
import { type ExemplarRow, type Labels, type Limits, type MetadataRow, Refusal, type SeriesRef } from '#model';
import type { WriteBatch } from '#store';
import { type BodyLimits, type Drops, type ExpositionFormat, type ReadBody, readBody } from './body.ts';
import { createSeriesCache, type SeriesEntry } from './cache.ts';
import { type ColumnBuilder, createColumns } from './columns.ts';
import { type LabellingRules, reportLabels, storedLabels } from './labelling.ts';
import { type Report, reportMetrics } from './report.ts';

export interface IntakeDeps {
  readonly tenant: string;
  readonly intern: (tenant: string, labels: Labels) => SeriesRef;
  readonly write: (batch: WriteBatch) => Promise<unknown>;
  readonly ledger: Ledger;
  readonly limits: Limits['receive'];
  /** Returns the rows that are news. */
  readonly newMetadata: (rows: Iterable<MetadataRow>) => MetadataRow[];
}

export interface IntakeRules extends LabellingRules {
  readonly honorTimestamps: boolean;
  readonly trackTimestampsStaleness: boolean;
  readonly samplesMax: number;
  readonly extraMetrics: boolean;
}

export interface IntakeOptions {
  readonly protocol: Protocol & ('scrape' | 'self');
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
  const sender = { protocol: options.protocol, sender: options.sender, signal: 'metrics' } as const;
  let { rules } = options;
  const labelling = (exposed: Labels) => storedLabels(exposed, options.labels, rules, deps.limits);
  const cache = createSeriesCache({ label: labelling, trackExplicit: () => rules.trackTimestampsStaleness });
  const reportRefs = new Map<string, SeriesRef>();
  let warnedOfRule = false;

  function limitsAt(scrapeMs: number): BodyLimits {
    return {
      honorTimestamps: rules.honorTimestamps,
      samplesMax: rules.samplesMax,
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

  async function send(batch: Omit<WriteBatch, 'tenant'>, items: number): Promise<void> {
    try {
      await deps.write({ tenant: deps.tenant, ...batch });
      deps.ledger.stored(sender, items);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      deps.ledger.rejected(sender, error.code.toLowerCase(), items, error.message);
      log.warn({ job: options.sender, reason: error.message }, 'scraped samples could not be stored');
    }
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

  async function store(body: ReadBody, scrapeMs: number, about: Success, hasReport: boolean): Promise<void> {
    const { added, refused } = internNew(body.entries);
    const gone = cache.commit();
    const columns = createColumns(body.entries.length + gone.length + reportMetrics.length);
    let withoutRef = 0;
    for (let i = 0; i < body.entries.length; i++) {
      const ref = body.entries[i]?.ref;
      if (ref === undefined) withoutRef++;
      else columns.push(ref, body.timesMs[i] ?? scrapeMs, body.values[i] ?? Number.NaN);
    }
    for (const ref of gone) columns.pushStale(ref, scrapeMs);
    const { scraped, relabelled } = body;
    if (hasReport) {
      pushReport(columns, scrapeMs, {
        ...about,
        up: true,
        scraped,
        relabelled,
        seriesAdded: added,
        samplesMax: rules.samplesMax,
      });
    }
    const exemplars = exemplarRows(body);
    bookDrops(body.dropped);
    if (withoutRef > 0) bookDrops(new Map([['series_limit', { count: withoutRef, example: refused ?? '' }]]));
    const items = body.entries.length - withoutRef + exemplars.length;
    deps.ledger.received(sender, items);
    await send({ samples: columns.columns(), exemplars, metadata: metadataOf(body, hasReport) }, items);
  }

  function metadataOf(body: ReadBody, hasReport: boolean): MetadataRow[] {
    const reported = reportMetrics.filter(({ extra }) => !extra || rules.extraMetrics);
    return deps.newMetadata(
      hasReport ? [...reported.map(plainRow), ...body.metadata.values()] : body.metadata.values(),
    );
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
    async read(text: string, format: ExpositionFormat, scrapeMs: number): Promise<ReadBody> {
      const body = await readBody(text, format, cache, { scrapeMs, limits: limitsAt(scrapeMs) });
      noteRule(body.brokenRule);
      return body;
    },

    /** Stores what `read` gave; resolves when it is durable, or booked as lost. */
    accept: (body: ReadBody, scrapeMs: number, about: Success): Promise<void> => store(body, scrapeMs, about, true),

    /** The same without `up` and its like, for what was not scraped. */
    acceptPlain: (body: ReadBody, scrapeMs: number): Promise<void> =>
      store(body, scrapeMs, { durationSeconds: 0, timeoutSeconds: 0, bodyBytes: 0 }, false),

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
    return entry.ref === undefined ? [] : [{ ref: entry.ref, timeMs, value, traceId, spanId, labels }];
  });
}

function plainRow({ metric, type, unit, help }: MetadataRow): MetadataRow {
  return { metric, type, unit, help };
}
