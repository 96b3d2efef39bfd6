/** What is known of one target's series: their stored labels by exposed text, and which of them are alive. */
import type { Labels, SeriesRef } from '#model';
import type { Life } from '#normalise';
import { type ExposedSeries, parseSeries, type SeriesSyntax } from './exposition/index.ts';
import type { Labelled } from './labelling.ts';

export interface SeriesEntry extends ExposedSeries {
  /** As the target writes it. */
  readonly text: string;
  readonly labels: Labels;
  /** Set when no sample of it is stored. The ledger's word. */
  readonly dropReason?: string;
  /** Undefined until its first scrape succeeded. */
  ref?: SeriesRef;
  /** The number of the last scrape it was in, and the time of its last sample there. */
  scrape: number;
  timeMs: number;
  /** Its disappearance is to be marked, once this scrape succeeds. */
  tracked: boolean;
  /** Its disappearance is to be marked. */
  live: boolean;
  /** Where the target tells when the series began to count. */
  life?: Life;
  /** The last exemplar that was kept, as text. */
  exemplar?: string;
  /** The time of the last exemplar that was kept of a native histogram. */
  exemplarMs?: number;
}

export interface SeriesCache {
  /** Throws ExpositionProblem when the text is no series, or one that must fail the scrape. */
  entry(text: string, syntax: SeriesSyntax): SeriesEntry;
  /** Notes that a series whose samples are dropped is still there. */
  touch(entry: SeriesEntry): void;
  /** Notes a sample; false when the series had one at this time already. */
  see(entry: SeriesEntry, timeMs: number, explicit: boolean): boolean;
  /** The scrape succeeded: the series that were alive and are gone, once each. Forgets what the scrape did not have. */
  commit(): SeriesRef[];
  /** The scrape failed, or the target is gone: every live series, once each. Nothing is alive after this. */
  abandon(): SeriesRef[];
  /** Those with a ref that are not alive: their last sample may be long ago. */
  idle(): SeriesEntry[];
  /** The rules changed: series get their labels anew, and those that do not come back are marked as gone. */
  relabel(label: (exposed: Labels) => Labelled): void;
}

export interface CacheOptions {
  readonly label: (exposed: Labels) => Labelled;
  readonly trackExplicit: () => boolean;
}

/** How much a target's texts may grow over scrapes that fail before they are forgotten. */
const spareEntries = 1000;

export function createSeriesCache(options: CacheOptions): SeriesCache {
  let label = options.label;
  let entries = new Map<string, SeriesEntry>();
  let orphans: SeriesRef[] = [];
  let scrape = 1;
  let sizeAtSuccess = 0;

  function learn(text: string, syntax: SeriesSyntax): SeriesEntry {
    const labelled = label(parseSeries(text, syntax));
    // A copy, because a piece of the body would keep the whole body in memory.
    const own = Buffer.from(text).toString();
    const state = { scrape: 0, timeMs: 0, tracked: false, live: false };
    const entry: SeriesEntry =
      labelled.kind === 'kept'
        ? { text: own, labels: labelled.labels, ...state }
        : { text: own, labels: [], dropReason: labelled.reason, ...state };
    entries.set(own, entry);
    return entry;
  }

  function takeOrphans(seen: ReadonlySet<SeriesRef>): SeriesRef[] {
    const gone = orphans.filter((ref) => !seen.has(ref));
    orphans = [];
    return gone;
  }

  return {
    entry: (text, syntax) => entries.get(text) ?? learn(text, syntax),
    touch(entry) {
      entry.scrape = scrape;
    },
    see(entry, timeMs, explicit) {
      if (entry.scrape === scrape && (!explicit || entry.timeMs === timeMs)) return false;
      entry.scrape = scrape;
      entry.timeMs = timeMs;
      entry.tracked = !explicit || options.trackExplicit();
      return true;
    },
    commit() {
      const candidates: SeriesRef[] = [];
      for (const [text, entry] of entries) {
        if (entry.scrape === scrape) entry.live = entry.tracked;
        else {
          if (entry.live && entry.ref !== undefined) candidates.push(entry.ref);
          entries.delete(text);
        }
      }
      const needsSeen = candidates.length > 0 || orphans.length > 0;
      // Two texts may name one series (labels in another order), so what disappears is decided by series.
      const seen = needsSeen ? liveRefs(entries) : noRefs;
      const gone = [...candidates.filter((ref) => !seen.has(ref)), ...takeOrphans(seen)];
      sizeAtSuccess = entries.size;
      scrape++;
      return [...new Set(gone)];
    },
    abandon() {
      const gone = new Set([...liveRefs(entries), ...takeOrphans(noRefs)]);
      for (const entry of entries.values()) entry.live = false;
      if (entries.size > sizeAtSuccess * 2 + spareEntries) {
        for (const [text, entry] of entries) if (entry.scrape !== scrape) entries.delete(text);
      }
      scrape++;
      return [...gone];
    },
    idle: () => [...entries.values()].filter(({ live, ref }) => !live && ref !== undefined),
    relabel(next) {
      label = next;
      orphans = [...orphans, ...liveRefs(entries)];
      entries = new Map();
    },
  };
}

const noRefs: ReadonlySet<SeriesRef> = new Set();

function liveRefs(entries: ReadonlyMap<string, SeriesEntry>): Set<SeriesRef> {
  const refs = new Set<SeriesRef>();
  for (const { live, ref } of entries.values()) if (live && ref !== undefined) refs.add(ref);
  return refs;
}
