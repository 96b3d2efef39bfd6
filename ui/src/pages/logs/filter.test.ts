import { expect, test } from 'vitest';
import { hasValue, withoutValue, withValue } from './filter.ts';

test('a click on a value filters by it, a second click stops', () => {
  expect(withValue({}, 'level', 'error')).toEqual({ level: ['error'] });
  expect(withValue({ level: ['error', 'warn'] }, 'level', 'error')).toEqual({ level: ['warn'] });
  expect(withValue({ service: 'api' }, 'service', 'api')).toEqual({ service: undefined });
  expect(withValue({}, 'http.route', '/a=b')).toEqual({ attr: ['http.route=/a=b'] });
});

test('wanting a value and not wanting it cannot both hold', () => {
  expect(withoutValue({ attr: ['k=v'] }, 'k', 'v')).toEqual({ attr: ['k!=v'] });
  expect(withValue({ attr: ['k!=v'] }, 'k', 'v')).toEqual({ attr: ['k=v'] });
  expect(hasValue({ attr: ['k!=v'] }, 'k', 'v')).toBe(false);
});

test('in LogQL a click on a value is one more stage of the query, once', () => {
  const q = ['{app="a"} |= "x"'];
  expect(withValue({ q }, 'http.route', '/a "b"')).toEqual({ q: ['{app="a"} |= "x" | http_route="/a \\"b\\""'] });
  expect(withoutValue({ q }, 'user', 'x')).toEqual({ q: ['{app="a"} |= "x" | user!="x"'] });
  expect(withValue({ q: ['{app="a"} | k="v" | json'] }, 'k', 'v')).toEqual({ q: ['{app="a"} | k="v" | json'] });
  expect(withValue({ q: ['{app="a"} # why'] }, 'k', 'v')).toEqual({ q: ['{app="a"} # why\n| k="v"'] });
});
