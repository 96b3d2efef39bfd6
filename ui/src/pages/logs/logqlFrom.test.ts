import { parseExpr } from '@farol/logql';
import { expect, test } from 'vitest';
import { logqlFrom } from './logqlFrom.ts';

test('the filters become a query that can be read', () => {
  const f = (search: Parameters<typeof logqlFrom>[0], query: string) => {
    expect(logqlFrom(search)).toBe(query);
    expect(() => parseExpr(query)).not.toThrow();
  };
  f({}, '{service_name=~".+"}');
  f({ service: 'shop', text: 'timed out' }, '{service_name="shop"} |~ "(?i)timed" |~ "(?i)out"');
  f({ level: ['error', 'fatal'] }, '{service_name=~".+"} | detected_level=~"error|fatal"');
  f({ attr: ['http.route=/a', 'user!=x'] }, '{service_name=~".+"} | http_route="/a" | user!="x"');
});
