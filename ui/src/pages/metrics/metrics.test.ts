import { expect, test } from 'vitest';
import { nameSeries, printLabels } from '../../charts/seriesNames.ts';
import { alignedTo, stepMsFor } from './step.ts';
import { suggestionFor } from './suggest.ts';
import { unitOf } from './units.ts';

test('series are named by what tells them apart', () => {
  const all = [
    { __name__: 'up', job: 'api', instance: 'a' },
    { __name__: 'up', job: 'api', instance: 'b' },
  ];
  const named = nameSeries(all);
  expect(named.common).toEqual({ __name__: 'up', job: 'api' });
  expect(all.map(named.nameOf)).toEqual(['a', 'b']);
  expect(nameSeries([{ __name__: 'up', job: 'api' }]).nameOf({ __name__: 'up', job: 'api' })).toBe('up{job="api"}');
});

test('labels print as PromQL reads them', () => {
  expect(printLabels({ path: 'a"b\\c' })).toBe('{path="a\\"b\\\\c"}');
  expect(printLabels({})).toBe('{}');
});

test('the step gives about two hundred points and never too many', () => {
  const f = (lengthMs: number, chosen: string | undefined, stepMs: number) =>
    expect(stepMsFor({ startMs: 0, endMs: lengthMs }, chosen)).toBe(stepMs);
  f(1_800_000, undefined, 10_000);
  f(3_600_000, undefined, 15_000);
  f(86_400_000, undefined, 600_000);
  f(3_600_000, '1m', 60_000);
  f(86_400_000 * 30, '5s', 14_400_000);
});

test('ranges fall on multiples of the step', () => {
  expect(alignedTo({ startMs: 1_003, endMs: 9_999 }, 1_000)).toEqual({ startMs: 1_000, endMs: 9_000 });
});

test('a metric brings the query one wants first', () => {
  const f = (name: string, type: string, query: string) => expect(suggestionFor({ name, type })).toBe(query);
  f('http_requests_total', 'counter', 'rate(http_requests_total[5m])');
  f('go_goroutines', 'gauge', 'go_goroutines');
  f('x_seconds', 'histogram', 'histogram_quantile(0.95, sum by (le) (rate(x_seconds_bucket[5m])))');
  expect(suggestionFor({ name: 'x_seconds', type: 'histogram', native: true })).toBe(
    'histogram_quantile(0.95, sum(rate(x_seconds[5m])))',
  );
  f('y_bucket', 'unknown', 'histogram_quantile(0.95, sum by (le) (rate(y_bucket[5m])))');
  f('y_count', 'unknown', 'rate(y_count[5m])');
  f('weird.name', 'gauge', '{"weird.name"}');
});

test('units are read off the query only when it says so', () => {
  const f = (query: string, unit: string) => expect(unitOf(query)).toBe(unit);
  f('histogram_quantile(0.95, sum by (le) (rate(http_seconds_bucket[5m])))', 'seconds');
  f('process_resident_memory_bytes', 'bytes');
  f('rate(http_requests_total[5m])', 'rate');
  f('rate(process_cpu_seconds_total[5m])', 'plain');
  f('up', 'plain');
  f('a_bytes / b_bytes', 'plain');
});
