/** Farol as a user starts it: a child process with a data directory of its own and free ports. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { StatusAnswer } from '@farol/contract';
import { get, getJson } from './http.ts';

const startMsMax = 60_000;
const stopMsMax = 60_000;
const settleMsMax = 180_000;
const settleStepMs = 3_000;
/** Farol's own telemetry goes on arriving: that much movement is rest. */
const settleBytesMax = 300_000;

export interface Product {
  readonly url: string;
  readonly otlpUrl: string;
  readonly pid: number;
  readonly dataDir: string;
  /** From spawning to the first 200 of `/-/ready`. */
  readonly startMs: number;
  stop(): Promise<void>;
}

export function newDataDir(): Promise<string> {
  return mkdtemp(join(process.env.BENCH_DIR ?? tmpdir(), 'farol-bench-'));
}

export function removeDataDir(dir: string): Promise<void> {
  return rm(dir, { recursive: true, force: true });
}

export async function startProduct(dataDir: string): Promise<Product> {
  const beganMs = performance.now();
  const main = fileURLToPath(new URL('../server/src/main.ts', import.meta.url));
  const ports = ['--listen', '127.0.0.1:0', '--otlp-http', '127.0.0.1:0', '--otlp-grpc', '127.0.0.1:0'];
  const child = spawn(process.execPath, [main, '--data-dir', dataDir, ...ports], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    const { url, otlpHttp } = await listening(child);
    await ready(url, beganMs + startMsMax);
    return {
      url,
      otlpUrl: otlpHttp,
      pid: child.pid ?? 0,
      dataDir,
      startMs: performance.now() - beganMs,
      stop: () => end(child),
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

async function ready(url: string, untilMs: number): Promise<void> {
  for (;;) {
    const answer = await get(`${url}/-/ready`).catch(() => undefined);
    if (answer?.status === 200) return;
    if (performance.now() > untilMs) throw new Error(`Farol was not ready within ${startMsMax / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopMsMax);
  child.kill('SIGTERM');
  await ended;
  clearTimeout(timer);
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
