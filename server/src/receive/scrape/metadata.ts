/** Which metadata the store has already: targets repeat it at every scrape. */
import type { MetadataRow } from '#model';

const metricsMax = 100_000;

export interface MetadataMemory {
  /** The rows that differ from what was last said of their metric; they are known from now on. */
  news(rows: Iterable<MetadataRow>): MetadataRow[];
  /** What was said was lost: it is news again. */
  forget(rows: readonly MetadataRow[]): void;
}

/** Bounded: past the limit it starts anew. */
export function createMetadataMemory(): MetadataMemory {
  const known = new Map<string, MetadataRow>();
  return {
    news(rows) {
      const news: MetadataRow[] = [];
      for (const row of rows) {
        const before = known.get(row.metric);
        if (before && before.type === row.type && before.unit === row.unit && before.help === row.help) continue;
        if (known.size >= metricsMax) known.clear();
        known.set(row.metric, row);
        news.push(row);
      }
      return news;
    },
    forget(rows) {
      for (const { metric } of rows) known.delete(metric);
    },
  };
}
