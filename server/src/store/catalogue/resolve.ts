/** Matchers → series, in memory: the smallest posting list is walked, the other matchers test its labels. */
import { labelValue, type Matcher } from '#model';
import type { Catalogue } from './catalogue.ts';
import type { RefList } from './ref-list.ts';
import { dayOf, type Sightings } from './sightings.ts';
import { type ValueTest, valueTest } from './value-test.ts';

export interface SeriesQuestion {
  readonly tenant: string;
  readonly matchers: readonly Matcher[];
  readonly startMs: number;
  readonly endMs: number;
}

interface NamedTest extends ValueTest {
  readonly name: string;
}

/** Refs of the series that match and were seen on a day of the window, ascending. */
export function resolveSeries(catalogue: Catalogue, sightings: Sightings, question: SeriesQuestion): Int32Array {
  const { tenant, matchers } = question;
  const tests = matchers.map((matcher) => ({ name: matcher.name, ...valueTest(matcher) }));
  const first = pickFirst(tests);
  const lists = first === undefined ? [catalogue.all(tenant)] : postings(catalogue, tenant, first);
  const rest = tests.filter((test) => test !== first);
  const fromDay = dayOf(question.startMs);
  const toDay = dayOf(question.endMs);
  const found: number[] = [];
  for (const list of lists) {
    for (let i = 0; i < list.length; i++) {
      const ref = list[i] as number;
      if (!sightings.seenBetween(ref, fromDay, toDay)) continue;
      if (passes(catalogue, ref, rest)) found.push(ref);
    }
  }
  const refs = Int32Array.from(found);
  return lists.length > 1 ? refs.sort() : refs;
}

/** The metric name if it is known, else any label whose values are named and not empty. */
function pickFirst(tests: readonly NamedTest[]): NamedTest | undefined {
  const named = tests.filter((test) => test.values !== undefined && !test.values.includes(''));
  return named.find((test) => test.name === '__name__') ?? named[0] ?? tests.find((test) => test.name === '__name__');
}

function postings(catalogue: Catalogue, tenant: string, first: NamedTest): Int32Array[] {
  if (first.name === '__name__') {
    const metrics = first.values ?? [...catalogue.metricNames(tenant)].filter((metric) => first.test(metric));
    return metrics.map((metric) => catalogue.ofMetric(tenant, metric)).filter((list) => list.length > 0);
  }
  const byValue = catalogue.byLabel(tenant, first.name);
  const lists = (first.values ?? []).map((value) => byValue.get(value)).filter((list): list is RefList => !!list);
  return lists.map((list) => list.view());
}

function passes(catalogue: Catalogue, ref: number, tests: readonly NamedTest[]): boolean {
  const labels = catalogue.labelsOf(ref);
  for (let i = 0; i < tests.length; i++) {
    const test = tests[i] as NamedTest;
    const value = test.name === '__name__' ? catalogue.metricOf(ref) : labelValue(labels, test.name);
    if (!test.test(value)) return false;
  }
  return true;
}
