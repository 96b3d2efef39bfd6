/** Native histograms made coarser, where a job limits their buckets. Source: Prometheus' scrape/target.go and model/histogram. */
import type { NativeHistogram } from '#model';
import { ExpositionProblem } from './exposition/index.ts';

export interface ResolutionLimits {
  /** `native_histogram_bucket_limit`; 0 means none. */
  readonly nativeBucketsMax: number;
  /** `native_histogram_min_bucket_factor`; 0 means any. */
  readonly nativeFactorMin: number;
}

const CUSTOM = -53;
const coarsest = -4;
const finest = 8;

/** Throws ExpositionProblem when even the coarsest has too many buckets: the scrape fails, as the job asks. */
export function withinLimits(histogram: NativeHistogram, limits: ResolutionLimits): NativeHistogram {
  const { nativeBucketsMax, nativeFactorMin } = limits;
  const schemaMax = schemaOf(nativeFactorMin);
  let kept = histogram.schema > schemaMax ? coarser(histogram, schemaMax) : histogram;
  while (nativeBucketsMax > 0 && bucketsIn(kept) > nativeBucketsMax) {
    if (kept.schema === CUSTOM || kept.schema <= coarsest) {
      throw new ExpositionProblem(
        `histogram bucket limit exceeded: ${bucketsIn(kept)} buckets at the coarsest resolution, native_histogram_bucket_limit is ${nativeBucketsMax}`,
      );
    }
    kept = coarser(kept, kept.schema - 1);
  }
  return kept;
}

/** The finest schema whose buckets grow by `factor` at least. */
function schemaOf(factor: number): number {
  if (!(factor > 1)) return finest;
  return Math.min(finest, Math.max(coarsest, 0 - Math.ceil(Math.log2(Math.log2(factor)))));
}

function bucketsIn({ positiveCounts, negativeCounts }: NativeHistogram): number {
  return positiveCounts.length + negativeCounts.length;
}

function coarser(histogram: NativeHistogram, schema: number): NativeHistogram {
  const by = histogram.schema - schema;
  const positive = merged(histogram.positiveSpans, histogram.positiveCounts, by);
  const negative = merged(histogram.negativeSpans, histogram.negativeCounts, by);
  return {
    ...histogram,
    schema,
    positiveSpans: positive.spans,
    positiveCounts: positive.counts,
    negativeSpans: negative.spans,
    negativeCounts: negative.counts,
  };
}

/** Each step of the schema joins two buckets: bucket i goes to ceil(i / 2). */
function merged(spans: readonly number[], counts: readonly number[], by: number) {
  const to = { spans: [] as number[], counts: [] as number[] };
  let index = 0;
  let next = 0;
  let last: number | undefined;
  for (let s = 0; s < spans.length; s += 2) {
    index += spans[s] ?? 0;
    for (let i = 0; i < (spans[s + 1] ?? 0) && next < counts.length; i++, index++) {
      const target = ((index - 1) >> by) + 1;
      const count = counts[next++] ?? 0;
      if (target === last) to.counts[to.counts.length - 1] = (to.counts.at(-1) ?? 0) + count;
      else {
        place(to.spans, target, last);
        to.counts.push(count);
        last = target;
      }
    }
  }
  return to;
}

/** Notes a bucket at `index`; `last` is the one before, if any. */
function place(spans: number[], index: number, last: number | undefined): void {
  if (last !== undefined && index === last + 1) spans[spans.length - 1] = (spans.at(-1) ?? 0) + 1;
  else spans.push(last === undefined ? index : index - last - 1, 1);
}
