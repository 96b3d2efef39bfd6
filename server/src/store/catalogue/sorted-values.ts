/**
 * A label's values in order. The order is kept: sorting a hundred thousand texts takes longer than all the rest of a
 * listing. Values that came since are sorted apart and merged in.
 */
import type { LabelIndex, LabelName } from './label-index.ts';
import type { Steps } from './turns.ts';

/** Sorted in one go; some milliseconds. */
const chunkValues = 4_096;
const costPerValue = 50;

/** Pairs of the name by value, in UTF-16 order. Some may have no series any more. */
export function* sortedPairs(index: LabelIndex, name: LabelName): Steps<Int32Array> {
  const { sorted, unsorted } = name;
  const count = unsorted.length;
  if (count === 0) return sorted;
  const added = yield* sortedInChunks(index, Int32Array.from(unsorted));
  const all = yield* merged(index, sorted, added);
  // Unless another question was faster, or values have gone meanwhile.
  if (name.sorted === sorted && name.unsorted === unsorted) {
    name.sorted = all;
    name.unsorted = unsorted.slice(count);
  }
  return all;
}

function* sortedInChunks(index: LabelIndex, pairs: Int32Array): Steps<Int32Array> {
  let runs: Int32Array[] = [];
  for (let from = 0; from < pairs.length; from += chunkValues) {
    const chunk = pairs.subarray(from, from + chunkValues);
    yield chunk.length * costPerValue;
    runs.push(chunk.sort((a, b) => (index.textOf(a) < index.textOf(b) ? -1 : 1)));
  }
  while (runs.length > 1) {
    const longer: Int32Array[] = [];
    for (let i = 0; i < runs.length; i += 2) {
      const [left, right] = [runs[i] as Int32Array, runs[i + 1]];
      longer.push(right === undefined ? left : yield* merged(index, left, right));
    }
    runs = longer;
  }
  return runs[0] as Int32Array;
}

/** Cheap also when `right` is much shorter: stretches of `left` are found by leaps and copied whole. */
function* merged(index: LabelIndex, left: Int32Array, right: Int32Array): Steps<Int32Array> {
  const all = new Int32Array(left.length + right.length);
  let from = 0;
  let end = 0;
  for (let i = 0; i < right.length; i++) {
    if (i % chunkValues === 0) yield chunkValues * 5;
    const pair = right[i] as number;
    const to = firstNotBelow(index, left, from, index.textOf(pair));
    while (from < to) all[end++] = left[from++] as number;
    all[end++] = pair;
  }
  all.set(left.subarray(from), end);
  return all;
}

/** The first place at `from` or after whose text is not below. */
function firstNotBelow(index: LabelIndex, pairs: Int32Array, from: number, text: string): number {
  let leap = 1;
  let low = from;
  let high = from;
  while (high < pairs.length && index.textOf(pairs[high] as number) < text) {
    low = high + 1;
    high = low + leap;
    leap *= 2;
  }
  high = Math.min(high, pairs.length);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (index.textOf(pairs[middle] as number) < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
