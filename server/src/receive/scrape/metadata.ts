/** Which metadata the store has already: targets repeat it at every scrape. */
import type { MetadataRow } from '#model';

const metricsMax = 100_000;

/** Returns the rows that differ from what was last said of their metric. Bounded: past the limit it starts anew. */
export function createMetadataMemory(): (rows: Iterable<MetadataRow>) => MetadataRow[] {
  const known = new Map<string, MetadataRow>();
  return (rows) => {
    const news: MetadataRow[] = [];
    for (const row of rows) {
      const before = known.get(row.metric);
      if (before && before.type === row.type && before.unit === row.unit && before.help === row.help) continue;
      if (known.size >= metricsMax) known.clear();
      known.set(row.metric, row);
      news.push(row);
    }
    return news;
  };
}
