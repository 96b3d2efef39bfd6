import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { limitsFor } from '#model';
import { readConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'farol-config-'));
const yaml = (text: string) => {
  const file = join(folder, 'farol.yaml');
  writeFileSync(file, text);
  return file;
};

test('a bare start keeps data in ./farol-data and listens on loopback only', () => {
  const config = readConfig([], {}, '/srv');
  expect(config.dataDir).toBe('/srv/farol-data');
  expect(config.listen).toMatchObject({ host: '127.0.0.1', port: 4320 });
  expect(config.otlpHttp.port).toBe(4318);
  expect(config.otlpGrpc.port).toBe(4317);
  expect(config.retentionDays).toEqual({ metrics: 15, logs: 30, traces: 7 });
});

test('a flag wins over the environment, which wins over farol.yaml', () => {
  const config = yaml('listen: 127.0.0.1:1\notlp-http: 127.0.0.1:1\notlp-grpc: 127.0.0.1:1\n');
  const env = { FAROL_OTLP_HTTP: '127.0.0.1:2', FAROL_OTLP_GRPC: '127.0.0.1:2' };
  const read = readConfig(['--config', config, '--otlp-grpc', '127.0.0.1:3'], env, '/srv');
  expect([read.listen.port, read.otlpHttp.port, read.otlpGrpc.port]).toEqual([1, 2, 3]);
});

test('a path in farol.yaml counts from farol.yaml, a flag from the working directory', () => {
  const config = yaml('data-dir: data\nscrape-config: prometheus.yml\n');
  const read = readConfig(['--config', config, '--scrape-config', 'here.yml'], {}, '/srv');
  expect(read.dataDir).toBe(join(folder, 'data'));
  expect(read.scrapeConfig).toBe('/srv/here.yml');
});

test('memory for recent samples follows the machine, between a floor and a cap, unless it is set', () => {
  const f = (gigabytes: number, megabytes: number) =>
    expect(limitsFor(gigabytes * 1024 ** 3).store.recentBytesMax).toBe(megabytes * 1024 ** 2);
  f(1, 256);
  f(4, 256);
  f(8, 512);
  f(64, 1024);
  const set = yaml('limits:\n  store:\n    recentBytesMax: 5\n');
  expect(readConfig(['--config', set], {}, '/srv').limits.store.recentBytesMax).toBe(5);
});

test('rules are named by a glob, and their clock by a duration', () => {
  const config = yaml('rules: rules/*.yml\nevaluation-interval: 1m30s\n');
  const read = readConfig(['--config', config], {}, '/srv');
  expect([read.rules, read.evaluationIntervalMs]).toEqual([[join(folder, 'rules/*.yml')], 90_000]);
  expect(readConfig([], { FAROL_RULES: 'a.yml' }, '/srv').rules).toEqual(['/srv/a.yml']);
  expect(() => readConfig(['--config', yaml('evaluation-interval: 5\n')], {}, '/srv')).toThrow(/such as 1m; it is "5"/);
});

test('a limit can be set, and only a limit that exists', () => {
  const read = readConfig(['--config', yaml('limits:\n  query:\n    seriesMax: 5\n')], {}, '/srv');
  expect(read.limits.query.seriesMax).toBe(5);
  expect(read.limits.query.msMax).toBe(120_000);
  const f = (text: string, words: RegExp) =>
    expect(() => readConfig(['--config', yaml(text)], {}, '/srv')).toThrow(words);
  f('limits:\n  query:\n    serieMax: 5\n', /"limits.query.serieMax" is not a limit; there are .*seriesMax/);
  f('limits:\n  query:\n    seriesMax: -1\n', /must be a number above 0; it is -1/);
  f('limits:\n  query:\n    __proto__: 1\n', /is not a limit/);
  f('lisen: 1\n', /"lisen" is not a setting/);
  f('[]', /must be a map/);
  f('a: [', /is not YAML/);
});

test('what is malformed is refused by the name of its flag', () => {
  const f = (args: string[], words: RegExp) => expect(() => readConfig(args, {}, '/srv')).toThrow(words);
  f(['--listen', 'nowhere'], /--listen must be HOST:PORT.*"nowhere"/);
  f(['--listen', '127.0.0.1:70000'], /--listen must be HOST:PORT/);
  f(['--store', 'ftp://x'], /--store must be "embedded" or http/);
  f(['--store', 'ftp://me:hunter2@x'], /<secret>@x/);
  f(['--retention-logs', '0'], /--retention-logs must be a whole number from 1 to 3650; it is "0"/);
  f(['--nope'], /--nope/);
});

test('an address may be IPv6, or a port alone', () => {
  expect(readConfig(['--listen', '[::1]:80'], {}, '/').listen).toMatchObject({ host: '::1', port: 80 });
  expect(readConfig(['--listen', '80'], {}, '/').listen).toMatchObject({ host: '127.0.0.1', port: 80 });
  expect(readConfig(['--listen', ':80'], {}, '/').listen).toMatchObject({ host: '0.0.0.0', port: 80 });
});
