/** Where the rows live: the embedded engine, which is started here, or a ClickHouse that is somewhere already. */
import { accessSync, constants, mkdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { EngineStartError, type EngineState, readerSessions, startEngine } from '@farol/engine';
import type { log } from '#kit';
import { Refusal } from '#model';
import { type AskLimits, inspect, systemTable } from './ask.ts';
import { sql, text } from './sql.ts';
import { greet, startRefusal } from './target-greeting.ts';
import { type Endpoint, openWire, type Wire } from './wire.ts';

export type StoreTarget =
  | { readonly kind: 'embedded'; readonly dataDir: string; readonly memoryBytesMax?: number }
  | { readonly kind: 'clickhouse'; readonly url: string; readonly cluster?: string };

export interface OpenTarget extends AsyncDisposable {
  readonly wire: Wire;
  readonly version: string;
  readonly database: string;
  /** Present in a cluster. */
  readonly cluster?: string;
  /** Others may write to the same tables. */
  readonly shared: boolean;
  /** An error of the start, for the one who named the target. */
  explained(error: unknown): unknown;
  detachedParts(): Promise<number>;
  /** Free bytes where new parts go. */
  freeBytes(): Promise<number>;
}

export interface TargetDeps {
  readonly log: typeof log;
  readonly askLimits: AskLimits;
  readonly onState: (state: EngineState, reason?: string) => void;
}

export function openTarget(target: StoreTarget, deps: TargetDeps): Promise<OpenTarget> {
  return target.kind === 'embedded' ? openEmbedded(target, deps) : openClickHouse(target, deps);
}

/** How long queries in flight may go on when Farol stops. */
const closeGraceMs = 2_000;

async function openEmbedded(target: StoreTarget & { kind: 'embedded' }, deps: TargetDeps): Promise<OpenTarget> {
  const { dataDir, memoryBytesMax } = target;
  makeFolder(dataDir);
  const engine = await startEngine({
    dataDir,
    database: 'farol',
    log: deps.log,
    onState: deps.onState,
    ...(memoryBytesMax !== undefined && { memoryBytesMax }),
  }).catch((cause: unknown) => {
    if (!(cause instanceof EngineStartError)) throw cause;
    throw new Refusal(cause.message, { code: 'CONFIG_INVALID', cause });
  });
  const { url, httpAgent: agent, username, password, database } = engine;
  const wire = openWire({ url, agent, username, password, database, readsMax: readerSessions });
  return {
    wire,
    version: engine.version,
    database,
    shared: false,
    explained: (error) => error,
    detachedParts: async () => engine.detachedParts,
    async freeBytes() {
      const { bavail, bsize } = await statfs(dataDir);
      return bavail * bsize;
    },
    async [Symbol.asyncDispose]() {
      await wire[Symbol.asyncDispose]();
      await engine.close(closeGraceMs);
    },
  };
}

/** Made for its owner alone. */
function makeFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new Refusal(`--data-dir ${dataDir} cannot be used (${code ?? message}): name a folder Farol may write to`, {
      code: 'CONFIG_INVALID',
      cause,
    });
  }
}

async function openClickHouse(target: StoreTarget & { kind: 'clickhouse' }, deps: TargetDeps): Promise<OpenTarget> {
  const endpoint = endpointOf(target.url);
  const { cluster } = target;
  const version = await greet(endpoint, cluster);
  const wire = openWire(endpoint);
  const one = async (query: ReturnType<typeof sql>): Promise<string> => {
    const options = { signal: AbortSignal.timeout(deps.askLimits.msMax) };
    const [row] = await inspect<{ answer: string | number }>(wire, query, options, deps.askLimits);
    return String(row?.answer);
  };
  return {
    wire,
    version,
    database: endpoint.database,
    shared: true,
    explained: (error) => startRefusal(error, endpoint),
    ...(cluster !== undefined && { cluster }),
    detachedParts: async () =>
      Number(
        await one(sql`
          SELECT count() AS answer FROM ${systemTable('detached_parts', cluster)}
          WHERE database = ${text(endpoint.database)} AND reason LIKE 'broken%' SETTINGS skip_unavailable_shards = 1`),
      ),
    freeBytes: async () =>
      Number(
        await one(sql`
          SELECT min(unreserved_space) AS answer FROM ${systemTable('disks', cluster)}
          SETTINGS skip_unavailable_shards = 1`),
      ),
    [Symbol.asyncDispose]: () => wire[Symbol.asyncDispose](),
  };
}

/** Of a ClickHouse server, fewer than connections, for it also writes. */
const readsMax = 24;

/** `http://user:pass@host:8123/db`; the database is `farol` when none is named. */
function endpointOf(text: string): Endpoint {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const database = url === undefined ? '' : url.pathname.slice(1) || 'farol';
  if (url === undefined || !/^https?:$/.test(url.protocol) || !/^[\w-]+$/.test(database)) throw malformed();
  return {
    url: url.origin,
    database,
    readsMax,
    ...(url.username !== '' && { username: decoded(url.username) }),
    ...(url.password !== '' && { password: decoded(url.password) }),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw malformed();
  }
}

function malformed(): Refusal {
  return new Refusal(
    '--store must be "embedded" or an address like http://user:password@host:8123/database, ' +
      'with %xx for what a user or password has besides letters and digits',
    { code: 'CONFIG_INVALID' },
  );
}
