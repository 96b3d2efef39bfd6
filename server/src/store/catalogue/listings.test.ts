import { expect, test } from 'vitest';
import type { Clock } from '#kit';
import { type Labels, labelsFrom, labelValue, type Matcher } from '#model';
import type { LabelQuestion } from '../contract.ts';
import { randomFrom } from '../test-rows.ts';
import { cardinalityOf } from './cardinality.ts';
import { Catalogue } from './catalogue.ts';
import { forgettingRound } from './forgetting.ts';
import { labelNames, labelValues, listSeries } from './listings.ts';
import { dayMs, Sightings } from './sightings.ts';

const { signal } = new AbortController();
const clockAt = (day: number): Clock => ({ nowMs: () => day * dayMs, tickMs: () => 0, sleep: async () => undefined });

interface Known {
  readonly labels: Labels;
  readonly days: Set<number>;
  askedDay: number;
}

/** What the index says, beside a list of all series that is searched from end to end. */
class Beside {
  readonly catalogue = new Catalogue(100_000);
  readonly sightings = new Sightings();
  readonly known = new Map<string, Known>();
  forgot = 0;

  see(labels: Labels, day: number, today: number): void {
    this.catalogue.today = today;
    this.sightings.see(this.catalogue.intern('main', labels), day);
    const key = JSON.stringify(labels);
    const one = this.known.get(key) ?? { labels, days: new Set(), askedDay: today };
    one.days.add(day);
    one.askedDay = today;
    this.known.set(key, one);
  }

  async forget(today: number, retentionDays: number): Promise<void> {
    const forgot = (series: number): void => {
      this.forgot += series;
    };
    await forgettingRound({ ...this, clock: clockAt(today), retentionDays, forgot, signal });
    for (const [key, { days, askedDay }] of this.known)
      if (Math.max(...days, askedDay) < today - retentionDays - 1) this.known.delete(key);
  }

  matched({ matcherSets, startMs, endMs }: LabelQuestion): Labels[] {
    const [from, to] = [startMs / dayMs, Math.floor(endMs / dayMs)];
    const sets = matcherSets.length === 0 ? [[]] : matcherSets;
    return [...this.known.values()]
      .filter(({ days }) => [...days].some((day) => day >= from && day <= to))
      .filter(({ labels }) => sets.some((set) => set.every((matcher) => holds(matcher, labels))))
      .map(({ labels }) => labels);
  }
}

function holds({ name, kind, value }: Matcher, labels: Labels): boolean {
  const text = labelValue(labels, name);
  if (kind === '=' || kind === '!=') return (text === value) === (kind === '=');
  return new RegExp(`^(?:${value})$`, 's').test(text) === (kind === '=~');
}

const patterns = [
  '.*',
  '.+',
  '',
  'v1|v2',
  '|v3',
  'v1.*',
  'v1.+',
  '.*1',
  'v[12].*',
  'v1?',
  'v(1|20)',
  'w.*',
  '[vw]\\d+',
];

test('listings are what a search through all series finds, while series come, stay away and are forgotten', async () => {
  let compared = 0;
  for (let seed = 1; seed <= 4; seed++) {
    const next = randomFrom(seed);
    const any = (below: number): number => Math.floor(next() * below);
    const beside = new Beside();
    // Few values of one label, a value for nearly each series of another.
    const series = (): Labels =>
      labelsFrom([
        ['__name__', `v${any(3)}`],
        ['few', any(4) === 0 ? '' : `v${any(8)}`],
        ['many', any(3) === 0 ? '' : `v${any(900)}`],
        [`name${any(seed * 3)}`, any(2) === 0 ? '' : `w${any(40)}`],
      ]);
    const matcher = (): Matcher => {
      const name = ['__name__', 'few', 'many', 'name0', 'name1', 'nowhere'][any(6)] as string;
      const kind = (['=', '!=', '=~', '!~'] as const)[any(4)] as Matcher['kind'];
      if (kind === '=~' || kind === '!~') return { name, kind, value: patterns[any(patterns.length)] as string };
      return { name, kind, value: ['', 'v1', 'v2', `v${any(900)}`, `w${any(40)}`][any(5)] as string };
    };
    let today = 1000;
    for (let i = 0; i < 2000; i++) {
      if (any(100) === 0) today += any(3);
      beside.see(series(), today - (any(20) === 0 ? any(10) : 0), today);
      if (any(300) === 0) await beside.forget(today, 6);
      if (i % 40 > 0) continue;
      const matcherSets = Array.from({ length: any(3) }, () => Array.from({ length: 1 + any(3) }, matcher));
      const fromDay = today - any(14);
      const question: LabelQuestion = {
        tenant: 'main',
        matcherSets,
        startMs: fromDay * dayMs,
        endMs: (fromDay + any(14)) * dayMs + 5,
        limit: 0,
        signal,
      };
      const expected = beside.matched(question);
      const about = `seed ${seed}, series ${i}: ${JSON.stringify(question)}`;
      const found = await listSeries(beside, question);
      expect(found.count, about).toBe(expected.length);
      expect([...found.labels].map((labels) => labels.join()).sort(), about).toEqual(
        expected.map((labels) => labels.join()).sort(),
      );
      const names = sorted(expected.flatMap((labels) => labels.filter((_, at) => at % 2 === 0)));
      expect(await labelNames(beside, question), about).toEqual(names);
      for (const name of ['many', 'few', 'nowhere']) {
        const values = sorted(expected.map((labels) => labelValue(labels, name)).filter((value) => value !== ''));
        expect(await labelValues(beside, name, question), about).toEqual(values);
        expect(await labelValues(beside, name, { ...question, limit: 3 }), about).toEqual(values.slice(0, 3));
      }
      compared += expected.length;
    }
    expect(beside.catalogue.count('main')).toBe(beside.known.size);
    expect(beside.forgot).toBeGreaterThan(200);
  }
  expect(compared).toBeGreaterThan(10_000);
}, 30_000);

const sorted = (texts: readonly string[]): string[] => [...new Set(texts)].sort();

test('what is forgotten makes room for others, comes back as a new series, and can be read a while longer', async () => {
  const beside = new Beside();
  const old = labelsFrom([['__name__', 'old']]);
  beside.see(old, 100, 100);
  const ref = beside.catalogue.intern('main', old);
  await beside.forget(106, 5);
  expect(beside.catalogue.intern('main', old)).toBe(ref);
  await beside.forget(113, 5);
  expect([beside.catalogue.count('main'), beside.catalogue.size, beside.catalogue.forgets]).toEqual([0, 0, 1]);
  expect(beside.catalogue.isKnown(ref)).toBe(false);
  expect(beside.catalogue.labelsOf(ref)).toEqual(old);
  beside.see(old, 113, 113);
  expect(beside.catalogue.intern('main', old)).not.toBe(ref);
  expect(beside.sightings.take().series).toHaveLength(2);
  await beside.forget(113, 5);
  expect(beside.catalogue.labelsOf(ref)).toEqual([]);
  expect(cardinalityOf(beside.catalogue, 'main', 10).seriesByPair).toEqual([{ name: '__name__=old', count: 1 }]);
});

test('the largest counts come first, and no more of them than asked for', () => {
  const beside = new Beside();
  for (let i = 0; i < 100; i++)
    beside.see(
      labelsFrom([
        ['__name__', i < 90 ? 'big' : 'small'],
        ['each', `é${i}`],
        ['job', 'one'],
      ]),
      100,
      100,
    );
  expect(cardinalityOf(beside.catalogue, 'main', 2)).toEqual({
    series: 100,
    labelPairs: 103,
    seriesByMetric: [
      { name: 'big', count: 90 },
      { name: 'small', count: 10 },
    ],
    valuesByLabel: [
      { name: 'each', count: 100 },
      { name: '__name__', count: 2 },
    ],
    bytesByLabel: [
      { name: 'each', count: 390 },
      { name: '__name__', count: 8 },
    ],
    seriesByPair: [
      { name: 'job=one', count: 100 },
      { name: '__name__=big', count: 90 },
    ],
  });
});
