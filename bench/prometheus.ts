/** Debian's Prometheus, on a fresh data directory, fed by remote write: what we compare with. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { get } from './http.ts';

const startMsMax = 30_000;

export interface Prometheus {
  readonly url: string;
  readonly pid: number;
  readonly dataDir: string;
  stop(): Promise<void>;
}

/** Undefined where it is not installed. */
export function prometheusVersion(): string | undefined {
  const { status, stdout, stderr } = spawnSync('prometheus', ['--version'], { encoding: 'utf8' });
  return status === 0 ? /version (\S+)/.exec(`${stdout}${stderr}`)?.[1] : undefined;
}

export async function startPrometheus(): Promise<Prometheus> {
  const dir = await mkdtemp(join(process.env.BENCH_DIR ?? tmpdir(), 'prometheus-bench-'));
  const config = join(dir, 'prometheus.yml');
  await writeFile(config, 'global: { scrape_interval: 15s }\n');
  const port = await freePort();
  const flags = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(dir, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--web.enable-remote-write-receiver',
    '--log.level=warn',
  ];
  const child = spawn('prometheus', flags, { stdio: ['ignore', 'ignore', 'inherit'] });
  const url = `http://127.0.0.1:${port}`;
  await ready(url);
  return {
    url,
    pid: child.pid ?? 0,
    dataDir: join(dir, 'data'),
    async stop() {
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function ready(url: string): Promise<void> {
  const untilMs = performance.now() + startMsMax;
  for (;;) {
    const answer = await get(`${url}/-/ready`).catch(() => undefined);
    if (answer?.status === 200) return;
    if (performance.now() > untilMs) throw new Error(`Prometheus was not ready within ${startMsMax / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
