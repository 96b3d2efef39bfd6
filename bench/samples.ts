/** Counts what a Prometheus API holds of the benchmark's series. */
import { getJson } from './http.ts';
import { benchSeries } from './load/series.ts';

interface Vector {
  readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
}

/** Metric by metric, since a count over all names at once would have many series of one name. */
export async function countSamples(base: string, atSeconds: number, range: string): Promise<number> {
  let total = 0;
  for (const metric of new Set(benchSeries(1).map((series) => series.metric))) {
    const query = encodeURIComponent(`sum(count_over_time(${metric}{job="bench"}[${range}]))`);
    const { data } = await getJson<Vector>(`${base}/api/v1/query?query=${query}&time=${atSeconds}`);
    total += Number(data.result[0]?.value[1] ?? 0);
  }
  return total;
}
