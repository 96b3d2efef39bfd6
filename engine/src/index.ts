/**
 * The embedded engine: chDB in a child process that speaks ClickHouse's HTTP interface on a private Unix socket, so that
 * `@clickhouse/client` works against it as against a ClickHouse server. Starts it, restarts it when it dies, ends it with
 * the server. Knows nothing of Farol's tables or questions.
 */
import type { Agent } from 'node:http';
import { EngineStartError, Supervisor } from './supervisor.ts';

export { type Fence, guardReader } from './readerguard.ts';
export { insideQuotes, tokensOf } from './sqltokens.ts';
export { readerSessions } from './supervisor.ts';
export { EngineStartError };

export type EngineState = 'starting' | 'ready' | 'down';

export interface EngineLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface EngineOptions {
  readonly dataDir: string;
  /** Created when it is missing. */
  readonly database: string;
  /** All memory chDB may use; queries are refused (241) past it. Default 1 GiB. */
  readonly memoryBytesMax?: number;
  /** Threads of one query. Default: the machine's. */
  readonly threadsMax?: number;
  /** Default: the Node that runs the server. */
  readonly nodePath?: string;
  readonly onState?: (state: EngineState, reason?: string) => void;
  readonly log: EngineLog;
}

/** For `@clickhouse/client`: `createClient({ url, http_agent, username, password, database })`. Stable across restarts. */
export interface Engine extends AsyncDisposable {
  readonly url: string;
  readonly httpAgent: Agent;
  readonly username: string;
  readonly password: string;
  readonly database: string;
  readonly version: string;
  /** Of the engine's process now; undefined while there is none. */
  readonly pid: number | undefined;
  /** Parts found broken and set aside at the last start: data that was lost. */
  readonly detachedParts: number;
  /** Requests in flight get `graceMs` to end. Resolves when the process is gone. */
  close(graceMs: number): Promise<void>;
}

/** Throws EngineStartError when the directory is another's, or the engine cannot be brought up at all. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const supervisor = new Supervisor(options);
  await supervisor.start();
  return supervisor;
}
