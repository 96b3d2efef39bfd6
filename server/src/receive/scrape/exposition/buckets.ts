/** One histogram's or summary's samples, checked as a whole when the next group begins. */
import type { MetricType } from '#model';
import { notNegative, type SampleFacts } from './families.ts';
import { ExpositionProblem } from './problem.ts';

export function createBuckets() {
  let isHistogram = false;
  let isGauge = false;
  let count: number | undefined;
  let sum: number | undefined;
  let bound = Number.NEGATIVE_INFINITY;
  let counted = 0;
  let buckets = 0;
  let hasNegativeBound = false;
  let isOpen = false;

  function sample(type: MetricType, suffix: string, facts: SampleFacts, value: number): void {
    isOpen = true;
    isHistogram = type !== 'summary';
    isGauge = type === 'gaugehistogram';
    if (suffix === '_bucket') bucket(boundOf(facts.le), value);
    else if (suffix === '_count' || suffix === '_gcount') count = value;
    else if (suffix === '_sum' || suffix === '_gsum') sum = value;
  }

  function bucket(upper: number, value: number): void {
    if (upper <= bound && buckets > 0) throw new ExpositionProblem('buckets are not in ascending order of le');
    if (value < counted) throw new ExpositionProblem('bucket counts fall from one bucket to the next');
    if (upper < 0) hasNegativeBound = true;
    bound = upper;
    counted = value;
    buckets++;
  }

  function endGroup(): void {
    if (isOpen && isHistogram) checkHistogram();
    isOpen = false;
    count = undefined;
    sum = undefined;
    bound = Number.NEGATIVE_INFINITY;
    counted = 0;
    buckets = 0;
    hasNegativeBound = false;
  }

  function checkHistogram(): void {
    if (buckets === 0 || bound !== Number.POSITIVE_INFINITY)
      throw new ExpositionProblem('a histogram has no +Inf bucket');
    if (count !== undefined && count !== counted) throw new ExpositionProblem('the +Inf bucket and the count differ');
    // A sum that may fall is no counter, so a histogram with negative bounds has none.
    if (hasNegativeBound && !isGauge && sum !== undefined) {
      throw new ExpositionProblem('a histogram with negative bounds has no _sum');
    }
    const needsBoth = isGauge || !hasNegativeBound;
    if (needsBoth && (count === undefined) !== (sum === undefined)) {
      throw new ExpositionProblem('a histogram has its sum and its count, or neither');
    }
    if (sum !== undefined && !hasNegativeBound) notNegative(sum);
    if (sum !== undefined && Number.isNaN(sum)) throw new ExpositionProblem('a sum is not NaN');
  }

  return { sample, endGroup };
}

function boundOf(le: string | undefined): number {
  if (le === '+Inf') return Number.POSITIVE_INFINITY;
  const bound = le === undefined || !/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(le) ? Number.NaN : Number(le);
  if (Number.isNaN(bound)) throw new ExpositionProblem('a bucket needs the label le, a number or +Inf');
  return bound;
}
