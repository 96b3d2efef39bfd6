import { parseQuery } from '@farol/traceql';
import { expect, test } from 'vitest';
import { traceqlFrom } from './traceqlFrom.ts';

test('the filters become a query that can be read', () => {
  const f = (search: Parameters<typeof traceqlFrom>[0], query: string) => {
    expect(traceqlFrom(search)).toBe(query);
    expect(() => parseQuery(query)).not.toThrow();
  };
  f({}, '{ }');
  f({ service: 'shop', status: 'error' }, '{ resource.service.name = "shop" && status = error }');
  f({ min: '500 ms', tag: ['http.route=/a "b"'] }, '{ duration >= 500ms && .http.route = "/a \\"b\\"" }');
  f({ min: '250', max: '1,5 s' }, '{ duration >= 250ms && duration <= 1.5s }');
  f({ tag: ['http.status_code=500'] }, '{ (.http.status_code = "500" || .http.status_code = 500) }');
});
