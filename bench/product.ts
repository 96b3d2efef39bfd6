/** Farol as a user starts it: a child process with a data directory of its own and free ports. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { StatusAnswer } from '@farol/contract';
import { getJson } from './http.ts';
import { ended, type MetricsServer, newDataDir, ready, removeDataDir } from './server.ts';

export { newDataDir, removeDataDir } from './server.ts';

const startMsMax = 60_000;
const settleMsMax = 180_000;
const settleStepMs = 3_000;
/** Farol's own telemetry goes on arriving: that much movement is rest. */
const settleBytesMax = 300_000;

export interface Product extends MetricsServer {
  readonly otlpUrl: string;
  /** From spawning to the first 200 of `/-/ready`. */
  readonly startMs: number;
  stop(): Promise<void>;
}

export async function startProduct(dataDir: string, flags: readonly string[] = []): Promise<Product> {
  const beganMs = performance.now();
  const main = fileURLToPath(new URL('../server/src/main.ts', import.meta.url));
  const ports = ['--listen', '127.0.0.1:0', '--otlp-http', '127.0.0.1:0', '--otlp-grpc', '127.0.0.1:0'];
  const child = spawn(process.execPath, [main, '--data-dir', dataDir, ...ports, ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    const { url, otlpHttp } = await listening(child);
    await ready('Farol', `${url}/-/ready`);
    return {
      name: 'Farol',
      api: `${url}/prometheus`,
      url,
      otlpUrl: otlpHttp,
      pid: child.pid ?? 0,
      startMs: performance.now() - beganMs,
      stop: () => ended(child),
    };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

/** Runs `work` on a fresh Farol and removes it afterwards. */
export async function withProduct<T>(work: (product: Product) => Promise<T>): Promise<T> {
  const dataDir = await newDataDir();
  try {
    const product = await startProduct(dataDir);
    try {
      return await work(product);
    } finally {
      await product.stop();
    }
  } finally {
    await removeDataDir(dataDir);
  }
}

/** The log line that says where it listens; warnings and errors pass through. */
function listening(child: ChildProcess): Promise<{ url: string; otlpHttp: string }> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Farol did not listen within ${startMsMax / 1000} s`)), startMsMax);
    child.once('exit', (code) => reject(new Error(`Farol ended (${code}) before it listened; its words are above`)));
    if (!child.stderr) throw new TypeError('stderr is a pipe');
    createInterface({ input: child.stderr }).on('line', (line) => {
      const record = parse(line);
      if (!record || Number(record.level) >= 40) process.stderr.write(`  farol: ${line.slice(0, 600)}\n`);
      if (record?.msg !== 'listening') return;
      clearTimeout(timer);
      resolve({ url: String(record.url), otlpHttp: String(record.otlpHttp) });
    });
  });
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

export type SignalStatus = StatusAnswer['signals'][number];

export async function statusOf(product: Product, signal: SignalStatus['signal']): Promise<SignalStatus> {
  const { signals } = await getJson<StatusAnswer>(`${product.url}/api/status`);
  const found = signals.find((one) => one.signal === signal);
  if (!found) throw new Error(`/api/status says nothing of ${signal}`);
  return found;
}

/** Waits until merges have stopped changing the signal's size; the answer is then honest. */
export async function settled(product: Product, signal: SignalStatus['signal']): Promise<SignalStatus> {
  const untilMs = performance.now() + settleMsMax;
  let before = await statusOf(product, signal);
  let quiet = 0;
  while (quiet < 4 && performance.now() < untilMs) {
    await new Promise((resolve) => setTimeout(resolve, settleStepMs));
    const now = await statusOf(product, signal);
    const moved = Math.abs(now.bytesOnDisk - before.bytesOnDisk);
    quiet = moved < Math.max(before.bytesOnDisk * 0.005, settleBytesMax) ? quiet + 1 : 0;
    before = now;
  }
  return before;
}
