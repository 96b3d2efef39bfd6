import { expect, test } from 'vitest';
import { readScrapeConfig } from './config/index.ts';
import { offsetMs, populate } from './target.ts';

function targetOf(address: string, more = '', labels: Record<string, string> = {}) {
  const yaml = `scrape_configs: [{ job_name: t, scrape_interval: 15s ${more && `, ${more}`} }]`;
  const [job] = readScrapeConfig(yaml, { baseDir: '/' }).jobs;
  if (!job) throw new Error('the test needs a job');
  return populate(job, new Map([['__address__', address]]), new Map(Object.entries(labels)));
}

test('a target gets its URL and labels as in Prometheus', () => {
  expect(
    targetOf('a:9100', 'metrics_path: /p, params: { m: [x, y], b: [z] }', { zone: 'q', __meta_x: 'gone' }),
  ).toMatchObject({
    kind: 'active',
    target: {
      url: 'http://a:9100/p?b=z&m=x&m=y',
      labels: ['instance', 'a:9100', 'job', 't', 'zone', 'q'],
      intervalMs: 15_000,
      timeoutMs: 10_000,
    },
  });
});

test('relabelling decides the address, the path, the parameters and the beat', () => {
  const rules = [
    '{ source_labels: [__address__], target_label: __param_target }',
    '{ source_labels: [__param_target], target_label: instance }',
    '{ target_label: __address__, replacement: "probe:9115" }',
    '{ target_label: __scrape_interval__, replacement: 30s }',
  ];
  expect(targetOf('https://example.org', `relabel_configs: [${rules.join(',')}]`)).toMatchObject({
    target: {
      url: 'http://probe:9115/metrics?target=https%3A%2F%2Fexample.org',
      labels: ['instance', 'https://example.org', 'job', 't'],
      intervalMs: 30_000,
    },
  });
});

test('what cannot be a target says why', () => {
  expect(targetOf('a/b', 'relabel_configs: [{ target_label: x, replacement: y }]')).toMatchObject({
    kind: 'invalid',
    problem: '"a/b" is not a valid hostname',
  });
  expect(targetOf('a:1', 'relabel_configs: [{ source_labels: [job], action: drop, regex: t }]')).toMatchObject({
    kind: 'dropped',
  });
  expect(targetOf('a:1', 'relabel_configs: [{ target_label: __scrape_timeout__, replacement: 1h }]')).toMatchObject({
    problem: expect.stringMatching('cannot be greater'),
  });
  expect(targetOf('a:1', 'relabel_configs: [{ target_label: __address__, replacement: "" }]')).toMatchObject({
    problem: 'no address',
  });
  expect(targetOf('a:x')).toMatchObject({ kind: 'invalid' });
});

test('targets are spread over the interval, each at a time of its own that never changes', () => {
  const offsets = Array.from({ length: 100 }, (_, i) => {
    const found = targetOf(`host-${i}:9100`);
    if (found.kind !== 'active') throw new Error('the test needs targets');
    const first = offsetMs(found.target, 1_700_000_000_000);
    expect((1_700_000_000_123 + offsetMs(found.target, 1_700_000_000_123)) % 15_000).toBe(
      (1_700_000_000_000 + first) % 15_000,
    );
    return first;
  });
  expect(Math.min(...offsets)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...offsets)).toBeLessThan(15_000);
  for (let third = 0; third < 3; third++) {
    expect(offsets.filter((ms) => Math.floor(ms / 5000) === third).length).toBeGreaterThan(15);
  }
});
