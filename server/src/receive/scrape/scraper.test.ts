import { mkdtempSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { systemClock } from '#kit';
import { limits } from '#model';
import { createReceiveBudget } from '../budget.ts';
import { readScrapeConfig } from './config/index.ts';
import { createScraper, type Scraper } from './scraper.ts';
import { createRecorder, type Recorder, serveTarget } from './testing/recorder.ts';

const textType = { 'content-type': 'text/plain; version=0.0.4' };
const openMetricsType = { 'content-type': 'application/openmetrics-text; version=1.0.0' };

interface Running extends AsyncDisposable {
  readonly recorder: Recorder;
  readonly scraper: Scraper;
  configure(yaml: string): Promise<void>;
}

function start(yaml: string, baseDir = tmpdir()): Running {
  const recorder = createRecorder();
  const scraper = createScraper({
    ...recorder,
    config: readScrapeConfig(yaml, { baseDir }),
    limits: { ...limits, scrape: { bodyBytesMax: 200_000, targetsMax: 3 } },
    clock: systemClock,
    budget: createReceiveBudget(1_000_000),
  });
  return {
    recorder,
    scraper,
    configure: (next) => scraper.reload(readScrapeConfig(next, { baseDir })),
    [Symbol.asyncDispose]: () => scraper.close(),
  };
}

const jobFor = (address: string, more = '') => `
global: { scrape_interval: 200ms, scrape_timeout: 150ms }
scrape_configs:
  - job_name: t
    static_configs: [{ targets: ['${address}'] }]
${more.replace(/^/gm, '    ')}`;

const series = (name: string, address: string) => `${name}{instance="${address}",job="t"}`;

test('a target is scraped on a steady beat, with the headers that Prometheus sends', async () => {
  await using target = await serveTarget((_, response) => response.writeHead(200, textType).end('a 1\n'));
  await using running = start(jobFor(target.address));
  await expect.poll(() => running.recorder.samples(series('a', target.address)).length).toBeGreaterThan(2);
  const times = running.recorder.times(series('up', target.address));
  expect(running.recorder.samples(series('up', target.address)).every((value) => value === 1)).toBe(true);
  // A busy machine may skip a beat, but never hurries one.
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(150);
  const headers = target.requests[0]?.headers;
  expect(headers?.accept).toContain('application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5');
  expect(headers?.['accept-encoding']).toBe('gzip');
  expect(headers?.['x-prometheus-scrape-timeout-seconds']).toBe('0.15');
  expect(running.scraper.targets().activeTargets[0]).toMatchObject({ health: 'up', lastError: '', scrapePool: 't' });
});

/** Made once: on a busy machine to make it takes as long as a scrape may. */
const bomb = gzipSync(Buffer.alloc(9_000_000, 'a 1\n'));

const bad: [name: string, answer: RequestListener, problem: RegExp, more?: string][] = [
  ['a status that is not 200', (_, r) => r.writeHead(500).end('a 1\n'), /HTTP status 500/],
  ['no content type', (_, r) => r.writeHead(200).end('a 1\n'), /blank Content-Type/],
  ['a wrong content type', (_, r) => r.writeHead(200, { 'content-type': 'text/html' }).end('a 1\n'), /"text\/html"/],
  [
    'a body over body_size_limit',
    (_, r) => r.writeHead(200, textType).end(`a 1\n#${'x'.repeat(2000)}\n`),
    /body_size_limit/,
    'body_size_limit: 1KB',
  ],
  ['a body without end', (_, r) => void endless(r.writeHead(200, textType)), /scrape.bodyBytesMax|context deadline/],
  ['a body that stalls', (_, r) => void r.writeHead(200, textType).write('a 1\nb'), /context deadline exceeded/],
  ['a gzip bomb', (_, r) => r.writeHead(200, { ...textType, 'content-encoding': 'gzip' }).end(bomb), /body size limit/],
  [
    'gzip that ends early',
    (_, r) =>
      r.writeHead(200, { ...textType, 'content-encoding': 'gzip' }).end(gzipSync('a 1\n'.repeat(999)).subarray(0, 20)),
    /unexpected end/,
  ],
  [
    'a connection cut in the body',
    (_, r) => void r.writeHead(200, { ...textType, 'content-length': '100' }).write('a 1\n', () => r.destroy()),
    /aborted/,
  ],
  ['OpenMetrics without # EOF', (_, r) => r.writeHead(200, openMetricsType).end('a 1\n'), /# EOF/],
  ['lines that end in CRLF', (_, r) => r.writeHead(200, textType).end('a 1\nb 2\r\n'), /line 2/],
  [
    'bytes that are not UTF-8',
    (_, r) => r.writeHead(200, textType).end(Buffer.from('a{x="\xff"} 1\n', 'latin1')),
    /UTF-8/,
  ],
  [
    'more samples than sample_limit',
    (_, r) => r.writeHead(200, textType).end('a 1\nb 1\nc 1\n'),
    /sample limit exceeded/,
    'sample_limit: 2',
  ],
  [
    'a redirect where none is followed',
    (_, r) => r.writeHead(302, { location: '/x' }).end(),
    /HTTP status 302/,
    'follow_redirects: false',
  ],
  ['a redirect that never ends', (_, r) => r.writeHead(302, { location: '/x' }).end(), /stopped after 10 redirects/],
];

function endless(response: { write(chunk: string, then: () => void): boolean; destroyed: boolean }): void {
  if (!response.destroyed) response.write('a 1\n'.repeat(1000), () => endless(response));
}

for (const [name, answer, problem, more] of bad) {
  test(`${name} is up 0, and nothing of that body is stored`, async () => {
    await using target = await serveTarget(answer);
    await using running = start(jobFor(target.address, more));
    await expect.poll(() => running.recorder.samples(series('up', target.address))).toContain(0);
    await expect.poll(() => running.scraper.targets().activeTargets[0]?.lastError).toMatch(problem);
    expect(running.recorder.series().filter((text) => !/^(up|scrape_)/.test(text))).toEqual([]);
  });
}

test('a line of a million characters is one series like any other', async () => {
  await using target = await serveTarget((_, r) =>
    r.writeHead(200, textType).end(`a{x="${'y'.repeat(150_000)}"} 1\nb 1\n`),
  );
  await using running = start(jobFor(target.address));
  await expect.poll(() => running.recorder.samples(series('b', target.address))).toContain(1);
  expect(running.recorder.rejected()).toMatchObject({ label_value_too_long: expect.any(Number) });
});

test('credentials go to the target and not to where it redirects', async () => {
  await using other = await serveTarget((_, r) => r.writeHead(200, textType).end('a 1\n'));
  await using target = await serveTarget((_, r) => r.writeHead(302, { location: `http://${other.address}/m` }).end());
  await using running = start(jobFor(target.address, 'authorization: { credentials: s3cret }'));
  await expect.poll(() => running.recorder.samples(series('a', target.address))).toContain(1);
  expect(target.requests[0]?.headers.authorization).toBe('Bearer s3cret');
  expect(other.requests[0]?.headers.authorization).toBeUndefined();
});

test('a fallback protocol reads what says nothing of itself', async () => {
  await using target = await serveTarget((_, r) => r.writeHead(200).end('a 1\n'));
  await using running = start(jobFor(target.address, 'fallback_scrape_protocol: PrometheusText0.0.4'));
  await expect.poll(() => running.recorder.samples(series('a', target.address))).toContain(1);
});

test('targets over target_limit are all down, and none is asked', async () => {
  await using target = await serveTarget((_, r) => r.writeHead(200, textType).end('a 1\n'));
  await using running = start(`
global: { scrape_interval: 100ms, scrape_timeout: 100ms }
scrape_configs:
  - job_name: t
    target_limit: 1
    static_configs: [{ targets: ['${target.address}', 'localhost:1'] }]`);
  await expect.poll(() => running.recorder.samples(series('up', target.address))).toContain(0);
  expect(target.requests).toHaveLength(0);
  expect(running.scraper.targets().activeTargets[0]?.lastError).toMatch(
    'target_limit exceeded (number of targets: 2, limit: 1)',
  );
});

test('targets over the limit of all jobs are not scraped', async () => {
  await using running = start(jobFor("localhost:1', 'localhost:2', 'localhost:3', 'localhost:4"));
  await expect.poll(() => running.scraper.targets().activeTargets.length).toBe(3);
});

test('a reload keeps the series of targets that stay, and ends those of targets that go', async () => {
  await using stays = await serveTarget((_, r) => r.writeHead(200, textType).end('a 1\n'));
  await using goes = await serveTarget((_, r) => r.writeHead(200, textType).end('a 1\n'));
  await using running = start(jobFor(`${stays.address}', '${goes.address}`));
  const { recorder } = running;
  await expect.poll(() => recorder.samples(series('a', goes.address))).toContain(1);
  await expect.poll(() => recorder.samples(series('a', stays.address))).toContain(1);
  await running.configure(jobFor(stays.address, 'sample_limit: 50'));
  await expect.poll(() => recorder.samples(series('a', goes.address)).at(-1)).toBe('stale');
  expect(recorder.samples(series('up', goes.address)).at(-1)).toBe('stale');
  const before = recorder.samples(series('a', stays.address)).length;
  await expect.poll(() => recorder.samples(series('a', stays.address)).length).toBeGreaterThan(before);
  expect(recorder.samples(series('a', stays.address))).not.toContain('stale');
});

test('targets from a file follow the file, and a broken file keeps the last ones', async () => {
  await using target = await serveTarget((_, r) => r.writeHead(200, textType).end('a 1\n'));
  const folder = mkdtempSync(path.join(tmpdir(), 'farol-file-sd-'));
  const file = path.join(folder, 'targets.json');
  writeFileSync(file, JSON.stringify([{ targets: [target.address], labels: { zone: 'a' } }]));
  await using running = start(
    `
global: { scrape_interval: 100ms, scrape_timeout: 100ms }
scrape_configs:
  - job_name: t
    file_sd_configs: [{ files: ['*.json'], refresh_interval: 1h }]
    relabel_configs: [{ source_labels: [__meta_filepath], regex: '.*/(.*)', target_label: file }]`,
    folder,
  );
  const name = `a{file="targets.json",instance="${target.address}",job="t",zone="a"}`;
  await expect.poll(() => running.recorder.samples(name)).toContain(1);
  writeFileSync(file, '[{');
  await systemClock.sleep(400);
  expect(running.scraper.targets().activeTargets).toHaveLength(1);
  writeFileSync(file, '[]');
  await expect.poll(() => running.scraper.targets().activeTargets, { timeout: 3000 }).toHaveLength(0);
  expect(running.recorder.samples(name).at(-1)).toBe('stale');
});

test('targets from an HTTP endpoint follow the endpoint, and its failure keeps the last ones', async () => {
  await using target = await serveTarget((_, r) => r.writeHead(200, textType).end('a 1\n'));
  let groups: unknown = [{ targets: [target.address], labels: { __meta_zone: 'b' } }];
  await using endpoint = await serveTarget((_, r) => {
    if (groups === 'broken') r.writeHead(500).end();
    else r.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(groups));
  });
  await using running = start(`
global: { scrape_interval: 100ms, scrape_timeout: 100ms }
scrape_configs:
  - job_name: t
    http_sd_configs: [{ url: 'http://${endpoint.address}/sd', refresh_interval: 50ms }]
    relabel_configs: [{ action: labelmap, regex: __meta_(zone) }]`);
  const name = `a{instance="${target.address}",job="t",zone="b"}`;
  await expect.poll(() => running.recorder.samples(name)).toContain(1);
  expect(endpoint.requests[0]?.headers['x-prometheus-refresh-interval-seconds']).toBe('0.05');
  groups = 'broken';
  await systemClock.sleep(200);
  expect(running.scraper.targets().activeTargets).toHaveLength(1);
  groups = [];
  await expect.poll(() => running.scraper.targets().activeTargets).toHaveLength(0);
});

test('closing leaves no stale markers: Farol will be back', async () => {
  await using target = await serveTarget((_, r) => r.writeHead(200, textType).end('a 1\n'));
  const running = start(jobFor(target.address));
  await expect.poll(() => running.recorder.samples(series('a', target.address))).toContain(1);
  await running.scraper.close();
  expect(running.recorder.samples(series('a', target.address))).not.toContain('stale');
});
