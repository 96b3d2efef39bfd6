/** The engine's process, watched: started, started again when it dies, never left behind. */
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, type ClientRequestArgs } from 'node:http';
import { createConnection } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ChildOptions } from './child.ts';
import type { Engine, EngineOptions, EngineState } from './index.ts';
import type { FromChild, ToChild } from './messages.ts';
import { holderOf, isAlive } from './pidfile.ts';

export class EngineStartError extends Error {
  /** ClickHouse's number, 76 when the directory is in use. */
  readonly code: number;

  constructor(message: string, code: number) {
    super(message);
    this.name = 'EngineStartError';
    this.code = code;
  }
}

/** Readers' queries that run side by side. */
export const readerSessions = 6;

const childPath = fileURLToPath(new URL('./child.ts', import.meta.url));
const childFlags = ['--max-old-space-size=256', '--max-semi-space-size=4'];
const startAttemptsMax = 5;
const dyingMsMax = 15_000;
const backoffMsMax = 10_000;
const directoryLocked = 76;
const lastWordsMax = 4000;

class SocketAgent extends Agent {
  readonly #path: string;

  constructor(path: string) {
    super({ keepAlive: true, maxSockets: 64 });
    this.#path = path;
  }

  override createConnection(_options: ClientRequestArgs, connected?: Parameters<Agent['createConnection']>[1]) {
    return createConnection({ path: this.#path }, connected as () => void);
  }
}

interface Ready {
  readonly version: string;
  readonly detachedParts: number;
}

export class Supervisor implements Engine {
  readonly url = 'http://localhost:8123';
  readonly username = 'default';
  readonly password = '';
  readonly database: string;
  readonly httpAgent: Agent;
  readonly #options: EngineOptions;
  readonly #socketPath: string;
  readonly #temporaryDir: string | undefined;
  #child: ChildProcess | undefined;
  #ready: Ready = { version: '', detachedParts: 0 };
  #closing = false;
  #failures = 0;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.database = options.database;
    mkdirSync(join(options.dataDir, 'engine'), { recursive: true, mode: 0o700 });
    // A Unix socket's path has at most 107 bytes; a long data directory gets its socket among the temporary files.
    const inside = join(resolve(options.dataDir), 'engine', 'engine.sock');
    if (Buffer.byteLength(inside) > 100) this.#temporaryDir = mkdtempSync(join(tmpdir(), 'farol-engine-'));
    this.#socketPath = this.#temporaryDir ? join(this.#temporaryDir, 'engine.sock') : inside;
    this.httpAgent = new SocketAgent(this.#socketPath);
  }

  get version(): string {
    return this.#ready.version;
  }

  get detachedParts(): number {
    return this.#ready.detachedParts;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** The first start: what fails again and again is an error, not a reason to wait for ever. */
  async start(): Promise<void> {
    this.#warmCodeCache();
    const startedMs = performance.now();
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#launch();
      } catch (error) {
        const refusal = this.#inUse(error, performance.now() - startedMs);
        if (refusal) throw refusal;
        const locked = error instanceof EngineStartError && error.code === directoryLocked;
        if (!locked && attempt >= startAttemptsMax) throw error;
        await sleep(locked ? 100 : backoffMs(attempt));
      }
    }
  }

  /** The engine of a server that was killed takes a moment to die; one whose server lives is another Farol's. */
  #inUse(error: unknown, waitedMs: number): EngineStartError | undefined {
    if (!(error instanceof EngineStartError) || error.code !== directoryLocked) return undefined;
    const dataDir = resolve(this.#options.dataDir);
    const holder = holderOf(dataDir);
    const dying = holder === undefined || !isAlive(holder.serverPid) || holder.serverPid === process.pid;
    if (dying && waitedMs < dyingMsMax) return undefined;
    const by = holder ? ` by process ${holder.serverPid} (its engine is ${holder.pid})` : '';
    return new EngineStartError(
      `data directory ${dataDir} is in use${by}; stop it, or choose another with --data-dir`,
      directoryLocked,
    );
  }

  #launch(): Promise<void> {
    this.#tell('starting');
    const child = fork(childPath, [JSON.stringify(this.#childOptions())], {
      execPath: this.#options.nodePath ?? process.execPath,
      execArgv: childFlags,
      env: this.#childEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    let lastWords = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        lastWords = (lastWords + text).slice(-lastWordsMax);
        this.#repeat(text);
      });
    }
    return new Promise((started, failed) => {
      let error: EngineStartError | undefined;
      child.on('message', (message: FromChild) => {
        if (message.kind === 'ready') {
          lastWords = '';
          this.#becomeReady(message);
          started();
        }
        if (message.kind === 'failed') {
          error = new EngineStartError(message.message, message.code);
          child.kill('SIGKILL');
        }
      });
      child.on('error', failed);
      // `close` comes after `exit`, when everything the process said has been heard.
      child.on('close', (code, signal) => {
        error ??= new EngineStartError(`the engine's process ended (${signal ?? `code ${code}`})`, 0);
        // chDB tells why it cannot open a directory only on stderr.
        const complaint = [...lastWords.matchAll(/^Code: (\d+)\. DB::Exception: /gm)].at(-1);
        if (complaint) error = new EngineStartError(lastWords.slice(complaint.index).trim(), Number(complaint[1]));
        failed(error);
        this.#ended(child, error.message);
      });
    });
  }

  #childEnvironment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      // Every session may block one thread, and files and decompression need some too.
      UV_THREADPOOL_SIZE: '20',
      NODE_COMPILE_CACHE: join(resolve(this.#options.dataDir), 'engine', 'code-cache'),
      // Freed memory goes back to the system after half a second; no heap profile is kept.
      JE_MALLOC_CONF:
        'prof:false,background_thread:true,dirty_decay_ms:500,muzzy_decay_ms:0,percpu_arena:disabled,narenas:4',
      MALLOC_ARENA_MAX: '2',
    };
  }

  /**
   * Node keeps the compiler that strips types in memory once it was needed (about 20 MB). A short run that loads the
   * engine's code into Node's cache beforehand means that the engine itself never needs it.
   */
  #warmCodeCache(): void {
    const env = this.#childEnvironment();
    if (existsSync(env.NODE_COMPILE_CACHE ?? '')) return;
    spawnSync(this.#options.nodePath ?? process.execPath, [...childFlags, childPath], {
      env,
      stdio: 'ignore',
      timeout: 20_000,
    });
  }

  #childOptions(): ChildOptions {
    return {
      dataDir: resolve(this.#options.dataDir),
      database: this.database,
      socketPath: this.#socketPath,
      memoryBytesMax: this.#options.memoryBytesMax ?? 1024 * 1024 * 1024,
      threadsMax: this.#options.threadsMax ?? availableParallelism(),
      writerSessions: 4,
      readerSessions,
      streamSessions: 2,
    };
  }

  #becomeReady(ready: Ready): void {
    this.#ready = ready;
    this.#failures = 0;
    this.#tell('ready');
    if (ready.detachedParts > 0)
      this.#options.log.warn(
        { detachedParts: ready.detachedParts },
        'the engine set broken parts aside: their rows are lost',
      );
  }

  #ended(child: ChildProcess, reason: string): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    const wasReady = this.#ready.version !== '';
    if (this.#closing || !wasReady) return;
    this.#tell('down', reason);
    const waitMs = backoffMs(++this.#failures);
    this.#options.log.error({ reason, waitMs }, 'the engine went down; starting it again');
    setTimeout(() => {
      // A start that fails ends in #ended again, which is where the next one is arranged.
      if (!this.#closing) this.#launch().catch(() => undefined);
    }, waitMs).unref();
  }

  #repeat(text: string): void {
    // A warning's stack trace, a page of it, says nothing to whoever reads this log.
    const line = text.replaceAll(/, Stack trace \(when copying[\s\S]*?(?=\(version )/g, ' ').trim();
    // That the directory is locked is said by EngineStartError, once, when waiting did not help.
    if (line !== '' && !line.startsWith(`Code: ${directoryLocked}.`))
      this.#options.log.warn({ engine: line.slice(0, 4000) }, 'the engine said something');
  }

  #tell(state: EngineState, reason?: string): void {
    this.#options.onState?.(state, reason);
  }

  async close(graceMs: number): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    const child = this.#child;
    if (child && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      const message: ToChild = { kind: 'close', graceMs };
      child.send(message, () => undefined);
      const killer = setTimeout(() => child.kill('SIGKILL'), graceMs + 2000);
      await gone;
      clearTimeout(killer);
    }
    this.httpAgent.destroy();
    rmSync(this.#socketPath, { force: true });
    if (this.#temporaryDir) rmSync(this.#temporaryDir, { recursive: true, force: true });
    this.#tell('down', 'closed');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close(5000);
  }
}

function backoffMs(failures: number): number {
  return Math.min(backoffMsMax, 50 * 2 ** failures);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
