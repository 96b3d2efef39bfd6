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
