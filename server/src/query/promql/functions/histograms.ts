import { histogramVariance } from '../histograms/estimate.ts';
import type { Histogram } from '../histograms/histogram.ts';
import { FLOAT, HISTOGRAM, newSeries, type VectorValue } from '../values.ts';
import { type Call, type InstantFunction, vectorArg } from './call.ts';

/** Numbers that a native histogram carries. Floats are left out. */
const numbers: Readonly<Record<string, (histogram: Histogram) => number>> = {
  histogram_count: ({ count }) => count,
  histogram_sum: ({ sum }) => sum,
  histogram_avg: ({ count, sum }) => sum / count,
  histogram_stdvar: histogramVariance,
  histogram_stddev: (histogram) => Math.sqrt(histogramVariance(histogram)),
};

export const histogramFunctions: ReadonlyMap<string, InstantFunction> = new Map(
  Object.entries(numbers).map(
    ([name, read]) => [name, (call: Call) => mapHistograms(vectorArg(call, 0), read)] as const,
  ),
);

function mapHistograms(input: VectorValue, read: (histogram: Histogram) => number): VectorValue {
  const series = input.series.map(({ labels, present, histograms }) => {
    const out = newSeries(labels, present.length, true);
    for (let i = 0; i < present.length; i++) {
      const histogram = histograms?.[i];
      if (present[i] !== HISTOGRAM || histogram === undefined) continue;
      out.values[i] = read(histogram);
      out.present[i] = FLOAT;
    }
    return out;
  });
  return { kind: 'vector', series };
}
