/** Debian's Prometheus and vmagent as remote-write senders: each scrapes a target of ours and writes to our receiver. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { remoteWriteRoutes } from '../../server/src/receive/prometheus/index.ts';
import { serve } from '../../server/src/receive/serve.testing.ts';
import { createSink, imbalance } from '../../server/src/receive/sink.testing.ts';

interface Senders {
  readonly [name: string]: (about: { configFile: string; dataDir: string; writeUrl: string }) => readonly string[];
}

const senders: Senders = {
  prometheus: ({ configFile, dataDir }) => [
    `--config.file=${configFile}`,
    `--storage.tsdb.path=${dataDir}`,
    '--web.listen-address=127.0.0.1:0',
    '--log.level=error',
  ],
  vmagent: ({ configFile, dataDir, writeUrl }) => [
    `-promscrape.config=${configFile}`,
    `-remoteWrite.url=${writeUrl}`,
    `-remoteWrite.tmpDataPath=${dataDir}`,
    '-remoteWrite.flushInterval=500ms',
    '-httpListenAddr=127.0.0.1:0',
    '-loggerLevel=ERROR',
  ],
};

const installed = Object.keys(senders).filter((name) => spawnSync('which', [name]).status === 0);
for (const name of Object.keys(senders)) {
  if (!installed.includes(name)) console.warn(`${name} is not installed; it is not tried as a remote-write sender`);
}

const exposition = `# HELP orders_total Orders taken.
# TYPE orders_total counter
orders_total{plan="pro",note="quote \\" and \\\\ and ção"} 42
# TYPE temperature gauge
temperature NaN
`;

test.each(installed)('%s writes to us: samples, labels and health, and nothing is refused', async (name) => {
  const sink = createSink({ nowMs: Date.now() });
  await using server = await serve(remoteWriteRoutes(sink));
  await using target = await serve(async (app) => {
    app.get('/metrics', (_request, reply) => reply.type('text/plain; version=0.0.4').send(exposition));
  });
  const dir = await mkdtemp(join(tmpdir(), 'farol-writers-'));
  const writeUrl = `${server.url}/prometheus/api/v1/write`;
  const configFile = join(dir, 'config.yml');
  await writeFile(configFile, configOf(name, new URL(target.url).host, writeUrl));
  const args = senders[name]?.({ configFile, dataDir: join(dir, 'data'), writeUrl }) ?? [];
  const child = spawn(name, args, { stdio: 'ignore' });
  try {
    const linesOf = (metric: string) => sink.sampleLines().filter((line) => line.startsWith(`${metric}{`));
    await expect.poll(() => linesOf('orders_total').length, { timeout: 60_000, interval: 200 }).toBeGreaterThan(1);
    expect(linesOf('orders_total')[0]).toMatch(
      /^orders_total\{instance=".*",job="shop",note="quote " and \\ and ção",plan="pro"\} 42 @\d+$/,
    );
    expect(linesOf('up')[0]).toMatch(/ 1 @\d+$/);
    const [entry] = sink.ledger.entries();
    expect(entry?.sender).toMatch(name === 'prometheus' ? /^Prometheus\// : /vmagent/i);
    expect(entry?.rejected.size).toBe(0);
    expect(imbalance(sink.ledger)).toEqual([]);
  } finally {
    await stop(child);
    await rm(dir, { recursive: true, force: true });
  }
});

function configOf(name: string, target: string, writeUrl: string): string {
  const remoteWrite = `remote_write: [{ url: '${writeUrl}' }]\n`;
  return `${name === 'prometheus' ? remoteWrite : ''}global: { scrape_interval: 1s }
scrape_configs:
  - job_name: shop
    static_configs: [{ targets: ['${target}'] }]
`;
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    if (child.exitCode !== null) resolve();
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), 5000).unref();
  });
}
