/** A server under measurement that takes remote write and answers PromQL: Farol, or what it is compared with. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { get } from './http.ts';

const startMsMax = 60_000;
const stopMsMax = 60_000;

export interface MetricsServer {
  readonly name: string;
  readonly url: string;
  /** Where Prometheus' API is: `${api}/api/v1/query`. */
  readonly api: string;
  /** Of its main process; the others are its children. */
  readonly pid: number;
}

export interface Rival extends MetricsServer {
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

export function newDataDir(): Promise<string> {
  return mkdtemp(join(process.env.BENCH_DIR ?? tmpdir(), 'farol-bench-'));
}

export function removeDataDir(dir: string): Promise<void> {
  return rm(dir, { recursive: true, force: true });
}

/** Another's server on a free port. */
export async function startRival(about: {
  name: string;
  command: string;
  /** Answers 200 once it takes requests. */
  readyPath: string;
  /** Removed with the server. */
  dir: string;
  flags(address: string): readonly string[];
}): Promise<Rival> {
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(about.command, about.flags(address), { stdio: ['ignore', 'ignore', 'inherit'] });
  const api = `http://${address}`;
  try {
    await ready(about.name, `${api}${about.readyPath}`);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return {
    name: about.name,
    url: api,
    api,
    pid: child.pid ?? 0,
    async stop() {
      await ended(child);
      await removeDataDir(about.dir);
    },
  };
}

/** Waits for the first 200. */
export async function ready(name: string, url: string): Promise<void> {
  const untilMs = performance.now() + startMsMax;
  for (;;) {
    const answer = await get(url).catch(() => undefined);
    if (answer?.status === 200) return;
    if (performance.now() > untilMs) throw new Error(`${name} was not ready within ${startMsMax / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Asks the process to end, and makes it end. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopMsMax);
  child.kill('SIGTERM');
  await exit;
  clearTimeout(timer);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
