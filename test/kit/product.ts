/**
 * The whole product as its user runs it: `server/src/main.ts` in a process of its own, on free ports and a fresh data
 * directory, to be talked to over its public addresses only, killed, and started again on the same addresses.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './until.ts';

export interface ProductOptions {
  /** Default: a fresh one, removed with the product. */
  readonly dataDir?: string;
  /** Further flags of `npm start --`. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where the store is not the product's own. Default: what the product noted in its data directory. */
  readonly enginePid?: () => number;
}

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Product extends AsyncDisposable {
  readonly dataDir: string;
  /** `http://127.0.0.1:port` of the UI and every API; the same after a restart. */
  readonly url: string;
  readonly otlpHttp: string;
  /** `127.0.0.1:port`. */
  readonly otlpGrpc: string;
  /** Of the server's process; the engine's is enginePid(). */
  readonly pid: number;
  enginePid(): number;
  /** Everything that all its lives have printed. */
  output(): string;
  /** Starts it (again). Resolves when `/-/ready` answers 200; throws with its output when it ends before that. */
  start(): Promise<void>;
  /** Resolves when the engine runs and `/-/ready` answers 200. */
  ready(msMax?: number): Promise<void>;
  /** SIGKILL. Resolves when the processes are gone; start() is the caller's. */
  kill(who: 'server' | 'engine' | 'both'): Promise<void>;
  /** Sends the signal and resolves with how the server ended. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
}

export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  const product = createProduct(options);
  try {
    await product.start();
  } catch (error) {
    await product[Symbol.asyncDispose]();
    throw error;
  }
  return product;
}

const mainPath = fileURLToPath(new URL('../../server/src/main.ts', import.meta.url));
const free = '127.0.0.1:0';

/** Not started yet: for starts that are expected to fail, and directories to be prepared before. */
export function createProduct(options: ProductOptions = {}): Product {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'farol-product-'));
  const env = { ...process.env, ...options.env };
  const at = { http: free, otlpHttp: free, otlpGrpc: free };
  let child: ChildProcess | undefined;
  let said = '';

  async function start(): Promise<void> {
    const addresses = ['--listen', at.http, '--otlp-http', at.otlpHttp, '--otlp-grpc', at.otlpGrpc];
    const life = spawn(process.execPath, [mainPath, '--data-dir', dataDir, ...addresses, ...(options.flags ?? [])], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = life;
    // A test that fails before it has its product in hand cannot end it.
    const orphaned = () => life.kill();
    process.once('exit', orphaned);
    life.once('exit', () => process.off('exit', orphaned));
    let thisLife = '';
    for (const stream of [life.stdout, life.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        thisLife += text;
      });
    }
    const closed = once(life, 'close').then(() => {
      if (life.exitCode !== null && listening(thisLife) === undefined)
        throw new Error(`it ended at once:\n${thisLife}`);
    });
    await Promise.race([closed, until(() => listening(thisLife) !== undefined, 60_000, 'the addresses')]);
    Object.assign(at, listening(thisLife) ?? {});
    await product.ready();
  }

  const product: Product = {
    dataDir,
    start,
    get url() {
      return `http://${at.http}`;
    },
    get otlpHttp() {
      return `http://${at.otlpHttp}`;
    },
    get otlpGrpc() {
      return at.otlpGrpc;
    },
    get pid() {
      return child?.pid ?? 0;
    },
    enginePid: options.enginePid ?? (() => notedPid(dataDir)),
    output: () => said,
    // Just after a kill the old state may still be answered, so the engine itself is looked at, too.
    ready: (msMax = 60_000) =>
      until(
        async () => isRunning(product.enginePid()) && (await answers(`http://${at.http}/-/ready`)),
        msMax,
        '/-/ready',
      ),
    async kill(who) {
      const engine = product.enginePid();
      if (who !== 'server') process.kill(engine, 'SIGKILL');
      if (who === 'engine') return until(() => !isRunning(engine), 10_000, 'the end of the engine');
      if (!child) return;
      const gone = once(child, 'close');
      child.kill('SIGKILL');
      await gone;
    },
    async stop(signal = 'SIGTERM') {
      const life = child;
      if (!life || life.exitCode !== null || life.signalCode !== null)
        return { code: life?.exitCode ?? null, signal: life?.signalCode ?? null };
      const ended = once(life, 'close');
      life.kill(signal);
      const [code, by] = (await ended) as [number | null, NodeJS.Signals | null];
      return { code, signal: by };
    },
    async [Symbol.asyncDispose]() {
      const killer = setTimeout(() => child?.kill('SIGKILL'), 20_000);
      await product.stop();
      clearTimeout(killer);
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return product;
}

function notedPid(dataDir: string): number {
  return (JSON.parse(readFileSync(join(dataDir, 'engine', 'engine.pid'), 'utf8')) as { pid: number }).pid;
}

/** The addresses, from the log line that names them. */
function listening(output: string): { http: string; otlpHttp: string; otlpGrpc: string } | undefined {
  const line = output.split('\n').find((text) => text.includes('"msg":"listening"'));
  if (line === undefined) return undefined;
  const { url, otlpHttp, otlpGrpc } = JSON.parse(line) as { url: string; otlpHttp: string; otlpGrpc: string };
  const hostOf = (address: string) => (address.includes('/') ? new URL(address).host : address);
  const grpc = hostOf(otlpGrpc);
  return { http: hostOf(url), otlpHttp: hostOf(otlpHttp), otlpGrpc: grpc.includes(':') ? grpc : `127.0.0.1:${grpc}` };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/** False for a process that is dead but not yet collected, as orphans in a container may stay for ever. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/^\d+ \(.*\) [ZX]/s.test(readFileSync(stat, 'utf8'));
}
