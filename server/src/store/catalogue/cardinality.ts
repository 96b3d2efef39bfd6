/** Where the series come from: the metrics, labels and pairs that have the most, counted by the index as they came. */
import type { Cardinality, Counted } from '../contract.ts';
import type { Catalogue } from './catalogue.ts';

export function cardinalityOf(catalogue: Catalogue, tenant: string, limit: number): Cardinality {
  const index = catalogue.labels(tenant);
  const metrics = new Top(limit);
  const pairs = new Top(limit);
  const values = new Top(limit);
  const bytes = new Top(limit);
  let labelPairs = 0;
  for (const { name, values: own, valueBytes } of index?.allNames() ?? []) {
    labelPairs += own.size;
    values.add(own.size, name);
    bytes.add(valueBytes, name);
  }
  for (const [metric, pair] of index?.name('__name__')?.values ?? [])
    metrics.add(index?.postings.count(pair) ?? 0, metric);
  for (let pair = 0; index !== undefined && pair < index.pairsEnd; pair++) {
    const series = index.postings.count(pair);
    if (series > pairs.floor) pairs.add(series, `${index.nameAt(pair).name}=${index.textOf(pair)}`);
  }
  return {
    series: catalogue.count(tenant),
    labelPairs,
    seriesByMetric: metrics.best,
    valuesByLabel: values.best,
    bytesByLabel: bytes.best,
    seriesByPair: pairs.best,
  };
}

/** The largest counts, largest first; of equal ones the first that came. */
class Top {
  /** A count that is not larger has no place here. */
  floor = 0;
  readonly best: Counted[] = [];
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  add(count: number, name: string): void {
    if (count <= this.floor) return;
    const { best, limit } = this;
    let place = best.length;
    while (place > 0 && (best[place - 1] as Counted).count < count) place--;
    best.splice(place, 0, { name, count });
    if (best.length > limit) best.pop();
    if (best.length === limit) this.floor = (best[limit - 1] as Counted).count;
  }
}
