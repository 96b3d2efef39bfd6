/** Matchers as tests of label pairs. A pair is tested once, however many series have it. */
import type { Matcher } from '#model';
import type { LabelIndex, LabelName } from './label-index.ts';
import type { Steps } from './turns.ts';
import { type ValueTest, valueTest } from './value-test.ts';

export interface PairTest {
  readonly name: LabelName;
  /** Whether a series without the label passes. */
  readonly passesAbsent: boolean;
  /** The pairs that pass, when the matcher names their values one by one. */
  readonly pairs?: readonly number[];
  /** Hot. */
  accepts(pair: number): boolean;
}

/** Undefined when no series can match. Refuses a pattern that is not RE2. */
export function pairTests(index: LabelIndex | undefined, matchers: readonly Matcher[]): PairTest[] | undefined {
  const tests: PairTest[] = [];
  let isHopeless = false;
  for (const matcher of matchers) {
    const values = valueTest(matcher);
    const passesAbsent = values.test('');
    const name = index?.name(matcher.name);
    if (index !== undefined && name !== undefined) tests.push(pairTest(index, name, values, passesAbsent));
    else isHopeless ||= !passesAbsent;
  }
  return isHopeless ? undefined : tests;
}

function pairTest(index: LabelIndex, name: LabelName, values: ValueTest, passesAbsent: boolean): PairTest {
  if (values.values !== undefined) {
    const pairs = values.values.map((value) => name.values.get(value)).filter((pair) => pair !== undefined);
    const set = new Set(pairs);
    const [only] = pairs;
    const accepts = set.size === 1 ? (pair: number) => pair === only : (pair: number) => set.has(pair);
    return { name, passesAbsent, pairs, accepts };
  }
  const verdicts = new Uint8Array(index.pairsEnd);
  const accepts = (pair: number): boolean => {
    const known = verdicts[pair];
    if (known === PASSED || known === FAILED) return known === PASSED;
    const passes = values.test(index.textOf(pair));
    // A pair that is newer than the question has no place, and is tested each time.
    verdicts[pair] = passes ? PASSED : FAILED;
    return passes;
  };
  return { name, passesAbsent, accepts };
}

const PASSED = 1;
const FAILED = 2;

const valuesPerStep = 64;
/** A regular expression takes about a microsecond. */
const costPerValue = 50;

/** All pairs of the name that pass. */
export function* passingPairs({ name, accepts }: PairTest): Steps<number[]> {
  const found: number[] = [];
  let tested = 0;
  for (const pair of name.values.values()) {
    if (++tested % valuesPerStep === 0) yield valuesPerStep * costPerValue;
    if (accepts(pair)) found.push(pair);
  }
  return found;
}
