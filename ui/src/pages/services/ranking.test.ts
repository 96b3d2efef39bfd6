import type { ServiceSummary } from '@farol/contract';
import { expect, test } from 'vitest';
import { ranked } from './ranking.ts';

const service = (name: string, part: Partial<ServiceSummary>): ServiceSummary => ({
  name,
  namespace: '',
  environment: '',
  language: '',
  version: '',
  source: 'metrics',
  ratePerSecond: 1,
  errorShare: 0,
  p50Ms: 1,
  p95Ms: 2,
  p99Ms: 3,
  saturation: null,
  change: { rate: 1, errors: 1, p95: 1 },
  trend: { timesMs: [], lines: [] },
  lastSeenMs: 0,
  health: 'ok',
  logErrorsPerMinute: 0,
  ...part,
});

const all = [
  service('fine', { p95Ms: 900 }),
  service('slow', { health: 'warn', change: { rate: 1, errors: 1, p95: 4 } }),
  service('broken', { health: 'bad', errorShare: 0.2 }),
  service('silent', { health: 'unknown', p95Ms: null }),
];
const names = (sort?: string) => ranked(all, sort).map(({ name }) => name);

test('the most unwell comes first, and silence is worse than being well', () => {
  expect(names()).toEqual(['broken', 'slow', 'silent', 'fine']);
});

test('of equals the most unwell comes first, and what is no column changes nothing', () => {
  expect(names('p95')).toEqual(['fine', 'broken', 'slow', 'silent']);
  expect(names('nonsense')).toEqual(names());
});
