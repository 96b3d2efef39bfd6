import { expect, test } from 'vitest';
import { parseQuery, printQuery, readSearch, tidy, travelling } from './search.ts';

test('a search survives the trip through the address bar', () => {
  const f = (search: object) =>
    expect(readSearch(parseQuery(printQuery(search as Record<string, unknown>)))).toEqual(search);
  f({});
  f({ from: 'now-1h', to: 'now' });
  f({ q: ['rate(x[5m])', 'sum by (le) (y{a="b&c"})'] });
  f({ tag: ['http.route=/a/b', 'x=ação 100%'], status: 'error' });
  f({ q: ['', 'up'] });
  f({ text: '123' });
});

test('what is not understood is left out', () => {
  const f = (query: string, search: object) => expect(readSearch(parseQuery(query))).toEqual(search);
  f('?status=maybe&view=graph', { view: 'graph' });
  f('?unknown=1', {});
  f('?service=&level=', {});
  f('?order=slowest&order=recent', { order: 'slowest' });
});

test('range and filters travel, the rest stays', () => {
  expect(travelling({ from: 'now-1h', service: 'a', text: 'x', span: 's' })).toEqual({ from: 'now-1h', service: 'a' });
});

test('tidying forgets the empty', () => {
  expect(tidy({ service: undefined, tag: [], text: '', env: 'prod' })).toEqual({ env: 'prod' });
});
