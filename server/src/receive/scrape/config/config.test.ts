import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readScrapeConfig } from './index.ts';

const read = (yaml: string) => readScrapeConfig(yaml, { baseDir: '/etc/prometheus' });
const job = (yaml: string) => read(`scrape_configs:\n  - job_name: t\n${yaml.replace(/^/gm, '    ')}`).jobs[0];
const refused = (yaml: string, problem: string | RegExp) => expect(() => read(yaml), yaml).toThrow(problem);
const refusedJob = (yaml: string, problem: string | RegExp) => expect(() => job(yaml), yaml).toThrow(problem);

test('a job has the defaults of Prometheus', () => {
  expect(job('static_configs: [{ targets: [a:80] }]')).toMatchObject({
    intervalMs: 60_000,
    timeoutMs: 10_000,
    metricsPath: '/metrics',
    scheme: 'http',
    honorLabels: false,
    honorTimestamps: true,
    compression: true,
    escaping: 'allow-utf-8',
    protocols: ['OpenMetricsText1.0.0', 'OpenMetricsText0.0.1', 'PrometheusText1.0.0', 'PrometheusText0.0.4'],
    http: { followRedirects: true },
  });
});

test('a job inherits what it does not say', () => {
  const config = read(`
global: { scrape_interval: 5s, sample_limit: 7, body_size_limit: 1.5MB, scrape_protocols: [PrometheusText0.0.4] }
scrape_configs: [{ job_name: a }, { job_name: b, scrape_interval: 2s, sample_limit: 9 }]`);
  expect(config.jobs[0]).toMatchObject({
    intervalMs: 5000,
    timeoutMs: 5000,
    samplesMax: 7,
    bodyBytesMax: 1_572_864,
    protocols: ['PrometheusText0.0.4'],
  });
  expect(config.jobs[1]).toMatchObject({ intervalMs: 2000, timeoutMs: 2000, samplesMax: 9 });
});

test('what is wrong is refused with its line and its place', () => {
  refused(
    'scrape_configs:\n  - job_name: a\n    scrape_intervall: 5s\n',
    'line 3: scrape_configs[0].scrape_intervall: field scrape_intervall is not known here',
  );
  refused('globals: {}', 'field globals is not known here');
  refused('global: { scrape_interval: soon }', 'not a valid duration string: "soon"');
  refused('global: { scrape_interval: 5s, scrape_timeout: 6s }', 'global scrape timeout greater than scrape interval');
  refused('global: {}\nglobal: {}', /unique/);
  refused('scrape_configs: { job_name: a }', 'expected a list');
  refused('scrape_configs: [{ job_name: a }, { job_name: a }]', 'found multiple scrape configs with job name "a"');
  refused('global: { external_labels: { "": x } }', '"" is not a valid label name');
  refused('- a', 'expected a map');
  refusedJob('static_configs: [{ targets: ["http://a:80/metrics"] }]', '"http://a:80/metrics" is not a valid hostname');
  refusedJob('scheme: ftp', 'expected one of http, https');
  refusedJob('sample_limit: -1', 'expected a whole number');
  refusedJob('body_size_limit: 100', 'is no size');
  refusedJob('honor_labels: maybe', 'expected true or false');
  refusedJob('relabel_configs: [{ regex: "a(b" }]', /regex "a\(b" is not RE2/);
  refusedJob(
    'relabel_configs: [{ action: keepequal, target_label: a, separator: "," }]',
    "requires only 'source_labels' and 'target_label'",
  );
});

test('credentials are given one way', () => {
  refusedJob('basic_auth: { username: a }\nbearer_token: b', 'at most one of basic_auth, oauth2, bearer_token');
  refusedJob('authorization: { type: Basic, credentials: x }', 'use "basic_auth" instead');
  refusedJob('authorization: { credentials: x, credentials_file: y }', 'at most one of authorization credentials');
  refusedJob('tls_config: { cert_file: a }', 'exactly one of key or key_file');
  refusedJob('http_headers: { Authorization: { values: [x] } }', 'setting header "Authorization" is not allowed');
  expect(job('bearer_token_file: token')?.http.authorization).toMatchObject({
    type: 'Bearer',
    credentialsFile: '/etc/prometheus/token',
  });
});

test('what Farol cannot do is refused by name, with a way out', () => {
  refusedJob(
    'kubernetes_sd_configs: [{ role: pod }]',
    /kubernetes_sd_configs is not supported by Farol.*vmagent.*\/prometheus\/api\/v1\/write/,
  );
  refusedJob('oauth2: { client_id: a }', 'oauth2 is not supported by Farol; use authorization');
  refusedJob('proxy_url: http://p:1', 'a proxy is not supported');
});

test('what Farol reads elsewhere, or does otherwise, is noted', () => {
  const { notes } = read(`
rule_files: [a.yml]
alerting: { alertmanagers: [{ static_configs: [] }] }
scrape_configs: [{ job_name: t, scrape_failure_log_file: f }]`);
  expect(notes).toEqual([
    'alerting is not read here: alerts are evaluated and shown; nobody is told of them by this version',
    'job "t": scrape_failure_log_file is not written; failures are in Farol\'s log and in /targets',
  ]);
});

test('anchors and merges are followed', () => {
  const config = read(
    `
x: &base { job_name: base, scrape_interval: 3s, scrape_timeout: 1s }
scrape_configs:
  - *base
  - { <<: *base, job_name: other }
`.replace('x: &base', 'global: {}\nscrape_config_files: []\nruntime: &base'),
  );
  expect(config.jobs.map(({ name, intervalMs }) => [name, intervalMs])).toEqual([
    ['base', 3000],
    ['other', 3000],
  ]);
});

test('secrets are hidden where the configuration is shown', () => {
  const { text } = read(`
scrape_configs:
  - job_name: t # a comment stays
    basic_auth: { username: u, password: "hunter2" }
    tls_config:
      cert: c
      key: |
        -----BEGIN
        secret
    http_sd_configs: [{ url: "http://u:hunter2@h/x" }]
`);
  expect(text).not.toMatch(/hunter2|BEGIN/);
  expect(text).toContain('# a comment stays');
  expect(text).toContain('password: <secret>');
  expect(text).toContain('http://u:xxxxx@h/x');
});

test('more jobs come from scrape_config_files, relative to their own folder', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'farol-scrape-config-'));
  writeFileSync(
    path.join(folder, 'more.yml'),
    'scrape_configs: [{ job_name: more, file_sd_configs: [{ files: [t.json] }] }]',
  );
  const more = { baseDir: folder };
  const config = readScrapeConfig('scrape_config_files: ["*.yml"]', more);
  expect(config.jobs[0]?.discoveries).toEqual([
    { kind: 'file', files: [path.join(folder, 't.json')], refreshMs: 300_000 },
  ]);
  writeFileSync(path.join(folder, 'more.yml'), 'scrape_configs: [{ job_name: a, jobname: b }]');
  expect(() => readScrapeConfig('scrape_config_files: ["*.yml"]', more)).toThrow(
    'more.yml: line 1: scrape_configs[0].jobname',
  );
});
