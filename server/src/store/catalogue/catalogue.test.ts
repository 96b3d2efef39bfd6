import { expect, test } from 'vitest';
import { type Labels, labelsFrom, type Matcher } from '#model';
import { Catalogue } from './catalogue.ts';
import { resolveSeries } from './resolve.ts';
import { dayMs, Sightings } from './sightings.ts';

const series = (metric: string, pairs: Record<string, string> = {}): Labels =>
  labelsFrom([['__name__', metric], ...Object.entries(pairs)]);

test('the same labels are the same series, in one tenant only', () => {
  const catalogue = new Catalogue(10);
  const ref = catalogue.intern('main', series('up', { job: 'a' }));
  expect(catalogue.intern('main', series('up', { job: 'a' }))).toBe(ref);
  expect(catalogue.intern('other', series('up', { job: 'a' }))).not.toBe(ref);
  expect(catalogue.refOfId('main', catalogue.idOf(ref))).toBe(ref);
  expect(catalogue.refOfId('other', catalogue.idOf(ref))).not.toBe(ref);
});

test('ten thousand series are all found again, by labels and by id', () => {
  const catalogue = new Catalogue(100_000);
  const refs = Array.from({ length: 10_000 }, (_, i) => catalogue.intern('main', series('m', { i: String(i) })));
  expect(new Set(refs).size).toBe(10_000);
  refs.forEach((ref, i) => {
    expect(catalogue.intern('main', series('m', { i: String(i) }))).toBe(ref);
    expect(catalogue.refOfId('main', catalogue.idOf(ref))).toBe(ref);
  });
});

test('an id that is taken is salted until it is free', () => {
  const probe = new Catalogue(10);
  const id = probe.idOf(probe.intern('main', series('up')));
  const catalogue = new Catalogue(10);
  const squatter = catalogue.adopt('main', id, series('down'));
  const ref = catalogue.intern('main', series('up'));
  expect(catalogue.idOf(ref)).not.toBe(id);
  expect(catalogue.refOfId('main', id)).toBe(squatter);
});

test('the series past the limit is refused, a known one is not', () => {
  const catalogue = new Catalogue(1);
  catalogue.intern('main', series('a'));
  expect(() => catalogue.intern('main', series('b'))).toThrow(/seriesMax is 1/);
  expect(catalogue.intern('main', series('a'))).toBe(0);
});

test('hostile names and values come back as they went in', () => {
  const catalogue = new Catalogue(100);
  for (const text of ["'; DROP TABLE samples; --", '\0', '__proto__', 'constructor', '🗼', '\ud800', 'a\nb', '\\']) {
    const labels = labelsFrom([
      ['__name__', text],
      [text, text],
    ]);
    expect(catalogue.labelsOf(catalogue.intern('main', labels))).toEqual(labels);
  }
});

test('matchers find what Prometheus would find', () => {
  const catalogue = new Catalogue(100);
  const sightings = new Sightings();
  const names = ['a0', 'a1', 'b0', 'b1', 'none'];
  for (const [i, name] of names.entries()) {
    const pairs: Record<string, string> = name === 'none' ? {} : { host: name, zone: name[0] as string };
    sightings.see(catalogue.intern('main', series(i < 3 ? 'up' : 'down', pairs)), 100);
  }
  const find = (...matchers: Matcher[]): string[] => {
    const question = { tenant: 'main', matchers, startMs: 100 * dayMs, endMs: 101 * dayMs - 1 };
    return [...resolveSeries(catalogue, sightings, question)].map((ref) => names[ref] as string);
  };
  const host = (kind: Matcher['kind'], value: string): Matcher => ({ name: 'host', kind, value });
  expect(find()).toEqual(names);
  expect(find(host('=', 'a1'))).toEqual(['a1']);
  expect(find(host('=', ''))).toEqual(['none']);
  expect(find(host('!=', ''))).toEqual(['a0', 'a1', 'b0', 'b1']);
  expect(find(host('!=', 'a0'))).toEqual(['a1', 'b0', 'b1', 'none']);
  expect(find(host('=~', 'a.*'))).toEqual(['a0', 'a1']);
  expect(find(host('=~', 'a.+'))).toEqual(['a0', 'a1']);
  expect(find(host('=~', 'b1|a0|zzz'))).toEqual(['a0', 'b1']);
  expect(find(host('=~', '|a0'))).toEqual(['a0', 'none']);
  expect(find(host('=~', '.*'))).toEqual(names);
  expect(find(host('=~', '.+'))).toEqual(['a0', 'a1', 'b0', 'b1']);
  expect(find(host('!~', '.+'))).toEqual(['none']);
  expect(find(host('=~', '[ab]0'))).toEqual(['a0', 'b0']);
  expect(find(host('=~', '0'))).toEqual([]);
  expect(find({ name: '__name__', kind: '=', value: 'up' }, host('!~', 'a.*'))).toEqual(['b0']);
  expect(find({ name: '__name__', kind: '=~', value: 'up|down' }, { name: 'zone', kind: '=', value: 'b' })).toEqual([
    'b0',
    'b1',
  ]);
  expect(find({ name: '__name__', kind: '=~', value: '[du].*' }, host('=', 'b1'))).toEqual(['b1']);
  expect(() => find(host('=~', '('))).toThrow(/not valid RE2/);
});

test('a series is found on the days it was seen, and not in the gap between them', () => {
  const catalogue = new Catalogue(100);
  const sightings = new Sightings();
  const ref = catalogue.intern('main', series('up'));
  for (const day of [100, 101, 105]) sightings.see(ref, day);
  const seen = (from: number, to: number): boolean => sightings.seenBetween(ref, from, to);
  expect([seen(99, 99), seen(100, 100), seen(101, 101), seen(102, 104), seen(104, 105), seen(106, 200)]).toEqual([
    false,
    true,
    true,
    false,
    true,
    false,
  ]);
});

test('a day is written once, the labels once a week, and what could not be written is given back', () => {
  const sightings = new Sightings();
  for (const day of [700, 700, 701, 707]) sightings.see(3, day);
  const rows = sightings.take();
  expect(rows).toEqual({ series: [3, 3], dayRefs: [3, 3, 3], days: [700, 701, 707] });
  expect(sightings.take().days).toEqual([]);
  sightings.giveBack(rows);
  sightings.seeHistogram(3, 707);
  expect(sightings.take()).toEqual({ ...rows, series: [3, 3, 3] });
});
