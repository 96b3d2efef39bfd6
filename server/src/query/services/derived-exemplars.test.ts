import { expect, test } from 'vitest';
import { renderSql } from '#store';
import { derivedPointsSql } from './derived-exemplars.ts';
import { durationFamilies, saysTheSame, spoken } from './duration-families.ts';

test('the spans that stand in for exemplars', () => {
  for (const family of durationFamilies.filter(({ bucketMetric }) => /^(http_server_request|db)/.test(bucketMetric))) {
    const histogram = { family, service: "a'pi", bounds: [0.005, 1], buckets: [] };
    expect(renderSql(derivedPointsSql({ tenant: 'main', startMs: 0, endMs: 60_000, histogram }))).toMatchSnapshot();
  }
});

test('labels and attributes say the same', () => {
  const labels = ['http_request_method', 'POST', 'status', '5xx'];
  expect(spoken(labels, 'method')).toBe('POST');
  expect(spoken(labels, 'status')).toBe('5xx');
  expect(spoken(labels, 'route')).toBe('');
  expect(saysTheSame('5xx', '503')).toBe(true);
  expect(saysTheSame('5xx', '404')).toBe(false);
  expect(saysTheSame('/a', '/a')).toBe(true);
  expect(saysTheSame('200', '')).toBe(false);
});
