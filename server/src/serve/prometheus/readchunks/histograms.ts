/**
 * Chunks of native histograms: one layout (schema, zero threshold, spans, bounds), then its samples, whole counts as
 * changes of changes, broken ones as XOR. Source: Prometheus' tsdb/docs/format/chunks.md and tsdb/chunkenc/histogram_meta.go.
 */
import type { HistogramSample, NativeHistogram } from '#model';
import { type BitWriter, varbitInt, varbitUint } from './bits.ts';
import { XorColumn } from './xor.ts';

const CUSTOM = -53;

/** How long, from `from` on, samples may share a chunk: a chunk has one layout, and a reader takes it to have no reset. */
export function histogramRunEnd(samples: readonly HistogramSample[], from: number, to: number): number {
  let end = from + 1;
  while (end < to && mayFollow(histogramAt(samples, end - 1), histogramAt(samples, end))) end++;
  return end;
}

const histogramAt = (samples: readonly HistogramSample[], index: number): NativeHistogram =>
  (samples[index] as HistogramSample).histogram;

function mayFollow(before: NativeHistogram, after: NativeHistogram): boolean {
  const areGauges = after.resetHint === 'gauge';
  if (areGauges !== (before.resetHint === 'gauge') || isWhole(before) !== isWhole(after)) return false;
  return hasLayoutOf(before, after) && (areGauges || (after.resetHint !== 'reset' && !hasFallen(before, after)));
}

function hasLayoutOf(a: NativeHistogram, b: NativeHistogram): boolean {
  return (
    a.schema === b.schema &&
    a.zeroThreshold === b.zeroThreshold &&
    areSame(a.positiveSpans, b.positiveSpans) &&
    areSame(a.negativeSpans, b.negativeSpans) &&
    areSame(a.customBounds, b.customBounds)
  );
}

function areSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

/** Of two with the same layout. */
function hasFallen(before: NativeHistogram, after: NativeHistogram): boolean {
  const falls = (a: readonly number[], b: readonly number[]) => a.some((count, i) => (b[i] ?? 0) < count);
  return (
    after.count < before.count ||
    after.zeroCount < before.zeroCount ||
    falls(before.positiveCounts, after.positiveCounts) ||
    falls(before.negativeCounts, after.negativeCounts)
  );
}

/** Changes of changes of larger counts would not be exact. */
const wholeMax = 2 ** 50;

/** Whether the counts can be told as whole numbers. */
export function isWhole({ count, zeroCount, positiveCounts, negativeCounts }: NativeHistogram): boolean {
  const is = (value: number) => Number.isInteger(value) && value <= wholeMax;
  return is(count) && is(zeroCount) && positiveCounts.every(is) && negativeCounts.every(is);
}

const resetHeaders = { unknown: 0, not_reset: 0b0100_0000, reset: 0b1000_0000, gauge: 0b1100_0000 } as const;

/** The bytes of a chunk of a run that `histogramRunEnd` found. */
export function histogramChunk(into: BitWriter, run: readonly HistogramSample[]): Buffer {
  const first = histogramAt(run, 0);
  into.begin();
  into.bits(run.length, 16);
  into.byte(resetHeaders[first.resetHint]);
  layout(into, first);
  const write = isWhole(first) ? wholeSamples(into) : brokenSamples(into);
  const times = new Changes();
  for (const { timeMs, histogram } of run) {
    times.put(into, timeMs);
    write(histogram);
  }
  return into.finish();
}

function layout(
  into: BitWriter,
  { schema, zeroThreshold, positiveSpans, negativeSpans, customBounds }: NativeHistogram,
) {
  threshold(into, zeroThreshold);
  varbitInt(into, schema);
  spans(into, positiveSpans);
  spans(into, negativeSpans);
  if (schema !== CUSTOM) return;
  varbitUint(into, customBounds.length);
  for (const bound of customBounds) customBound(into, bound);
}

function spans(into: BitWriter, offsetsAndLengths: readonly number[]): void {
  varbitUint(into, offsetsAndLengths.length / 2);
  for (let i = 0; i < offsetsAndLengths.length; i += 2) {
    varbitUint(into, offsetsAndLengths[i + 1] as number);
    varbitInt(into, offsetsAndLengths[i] as number);
  }
}

/** Powers of two from 2^-243 to 2^10 take one byte. */
function threshold(into: BitWriter, value: number): void {
  const exponent = Math.log2(value);
  const isShort = Number.isInteger(exponent) && exponent >= -243 && exponent <= 10 && 2 ** exponent === value;
  if (value === 0) into.byte(0);
  else if (isShort) into.byte(exponent + 244);
  else {
    into.byte(255);
    new XorColumn().firstNumber(into, value);
  }
}

/** The largest number of thousandths that takes four bytes. */
const thousandthsMax = 33_554_430;

function customBound(into: BitWriter, value: number): void {
  const thousandths = value * 1000;
  const rounded = Math.round(thousandths);
  if (thousandths >= 0 && thousandths <= thousandthsMax && rounded / 1000 === value) varbitUint(into, rounded + 1);
  else {
    into.bits(0, 1);
    new XorColumn().firstNumber(into, value);
  }
}

/** A column of whole numbers: the first as it is, the others as the change of the change. */
class Changes {
  private last: number | undefined;
  private change = 0;

  put(into: BitWriter, value: number, first = varbitInt): void {
    if (this.last === undefined) first(into, value);
    else {
      const change = value - this.last;
      varbitInt(into, change - this.change);
      this.change = change;
    }
    this.last = value;
  }
}

type WriteHistogram = (histogram: NativeHistogram) => void;

function wholeSamples(into: BitWriter): WriteHistogram {
  const count = new Changes();
  const zeroCount = new Changes();
  const sum = xorNumbers(into);
  const sides = [bucketChanges(into), bucketChanges(into)] as const;
  return (histogram) => {
    count.put(into, histogram.count, varbitUint);
    zeroCount.put(into, histogram.zeroCount, varbitUint);
    sum(histogram.sum);
    sides[0](histogram.positiveCounts);
    sides[1](histogram.negativeCounts);
  };
}

/** A bucket is told as its difference to the one before it. */
function bucketChanges(into: BitWriter): (counts: readonly number[]) => void {
  const columns: Changes[] = [];
  return (counts) => {
    for (let i = 0; i < counts.length; i++) {
      columns[i] ??= new Changes();
      (columns[i] as Changes).put(into, (counts[i] as number) - (counts[i - 1] ?? 0));
    }
  };
}

function brokenSamples(into: BitWriter): WriteHistogram {
  const count = xorNumbers(into);
  const zeroCount = xorNumbers(into);
  const sum = xorNumbers(into);
  const positive: ((value: number) => void)[] = [];
  const negative: ((value: number) => void)[] = [];
  return (histogram) => {
    count(histogram.count);
    zeroCount(histogram.zeroCount);
    sum(histogram.sum);
    each(histogram.positiveCounts, positive);
    each(histogram.negativeCounts, negative);
  };

  function each(counts: readonly number[], columns: ((value: number) => void)[]): void {
    for (let i = 0; i < counts.length; i++) {
      columns[i] ??= xorNumbers(into);
      columns[i]?.(counts[i] as number);
    }
  }
}

function xorNumbers(into: BitWriter): (value: number) => void {
  const column = new XorColumn();
  let isFirst = true;
  return (value) => {
    if (isFirst) column.firstNumber(into, value);
    else column.nextNumber(into, value);
    isFirst = false;
  };
}
