/**
 * Matchers → series, in memory. The matcher that selects the fewest series gives the candidates; the others test their
 * label pairs, each distinct pair once.
 */
import type { Matcher } from '#model';
import type { Catalogue } from './catalogue.ts';
import type { LabelIndex } from './label-index.ts';
import { type PairTest, pairTests, passingPairs } from './pair-test.ts';
import { dayOf, type Sightings } from './sightings.ts';
import { atOnce, type Steps } from './turns.ts';

export interface SeriesQuestion {
  readonly tenant: string;
  readonly matchers: readonly Matcher[];
  readonly startMs: number;
  readonly endMs: number;
}

/** Refs of the series that match and were seen on a day of the window, ascending. */
export function resolveSeries(catalogue: Catalogue, sightings: Sightings, question: SeriesQuestion): Int32Array {
  return atOnce(resolving(catalogue, sightings, question));
}

const refsPerStep = 8_192;

/** The same in steps. Series that come meanwhile may be left out. */
export function* resolving(catalogue: Catalogue, sightings: Sightings, question: SeriesQuestion): Steps<Int32Array> {
  const all = catalogue.all(question.tenant);
  const index = catalogue.labels(question.tenant);
  const tests = pairTests(index, question.matchers);
  if (tests === undefined || index === undefined) return new Int32Array(0);
  const fewest = yield* fewestSeries(index, tests, all.length);
  const candidates = fewest?.refs ?? all;
  const others = tests.filter((test) => test !== fewest?.test);
  const fromDay = dayOf(question.startMs);
  const toDay = dayOf(question.endMs);
  const found = new Int32Array(candidates.length);
  let count = 0;
  for (let from = 0; from < candidates.length; from += refsPerStep) {
    yield refsPerStep;
    const to = Math.min(from + refsPerStep, candidates.length);
    for (let i = from; i < to; i++) {
      const ref = candidates[i] as number;
      if (!sightings.seenBetween(ref, fromDay, toDay)) continue;
      if (passes(index, catalogue.runOf(ref), others)) found[count++] = ref;
    }
  }
  return found.slice(0, count);
}

interface Candidates {
  readonly test: PairTest;
  readonly refs: Int32Array;
}

/** A pattern is tested on all values of a label to find the series, if that is cheaper than testing the series. */
const refsPerPattern = 50;
/** Lists that hold this share of all series are not worth joining: the series are as soon tested one by one. */
const worthJoining = 1 / 8;

/** Undefined when no matcher is a good start. */
function* fewestSeries(index: LabelIndex, tests: readonly PairTest[], total: number): Steps<Candidates | undefined> {
  const { postings } = index;
  let best: { readonly test: PairTest; readonly pairs: readonly number[]; readonly count: number } | undefined;
  const starts = tests.filter((test) => !test.passesAbsent).sort((a, b) => effortOf(a) - effortOf(b));
  for (const test of starts) {
    if (effortOf(test) * refsPerPattern > (best?.count ?? Number.POSITIVE_INFINITY)) break;
    const pairs = test.pairs ?? (yield* passingPairs(test));
    const count = postings.countAll(pairs);
    if (best === undefined || count < best.count) best = { test, pairs, count };
  }
  if (best === undefined) return undefined;
  const { test, pairs, count } = best;
  if (pairs.length === 1) return { test, refs: postings.of(pairs) };
  return count > total * worthJoining ? undefined : { test, refs: postings.of(pairs).sort() };
}

const effortOf = (test: PairTest): number => (test.pairs === undefined ? test.name.values.size : 0);

/** Hot: once per candidate. */
function passes(index: LabelIndex, run: number, tests: readonly PairTest[]): boolean {
  for (let i = 0; i < tests.length; i++) {
    const test = tests[i] as PairTest;
    const pair = index.pairIn(run, test.name.number);
    if (pair < 0 ? !test.passesAbsent : !test.accepts(pair)) return false;
  }
  return true;
}
