/** Where the rows live: the embedded engine, which is started here, or a ClickHouse that is somewhere already. */
import { accessSync, constants, mkdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { EngineStartError, type EngineState, readerSessions, startEngine } from '@farol/engine';
import type { log } from '#kit';
import { Refusal } from '#model';
import { type AskLimits, inspect } from './ask.ts';
import { failureOf } from './refusals.ts';
import { sql } from './sql.ts';
import { type Endpoint, openWire, type Wire } from './wire.ts';

export type StoreTarget =
  | { readonly kind: 'embedded'; readonly dataDir: string; readonly memoryBytesMax?: number }
  | { readonly kind: 'clickhouse'; readonly url: string; readonly cluster?: string };

export interface OpenTarget extends AsyncDisposable {
  readonly wire: Wire;
  readonly version: string;
  /** Present in a cluster. */
  readonly cluster?: string;
  /** Others may write to the same tables. */
  readonly shared: boolean;
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
    shared: false,
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
  await createDatabase(endpoint, target.cluster).catch((cause: unknown) => {
    throw startRefusal(cause, endpoint);
  });
  const wire = openWire(endpoint);
  const one = async (query: ReturnType<typeof sql>): Promise<string> => {
    const options = { signal: AbortSignal.timeout(deps.askLimits.msMax) };
    const [row] = await inspect<{ answer: string | number }>(wire, query, options, deps.askLimits);
    return String(row?.answer);
  };
  const version = await one(sql`SELECT version() AS answer`);
  assertVersion(version);
  return {
    wire,
    version,
    shared: true,
    ...(target.cluster !== undefined && { cluster: target.cluster }),
    detachedParts: async () =>
      Number(
        await one(sql`
          SELECT count() AS answer FROM system.detached_parts
          WHERE database = currentDatabase() AND reason LIKE 'broken%'`),
      ),
    freeBytes: async () => Number(await one(sql`SELECT min(unreserved_space) AS answer FROM system.disks`)),
    [Symbol.asyncDispose]: () => wire[Symbol.asyncDispose](),
  };
}

/** Of a ClickHouse server, fewer than connections, for it also writes. */
const readsMax = 24;

/** `http://user:pass@host:8123/db`; the database is `farol` when none is named. */
function endpointOf(text: string): Endpoint {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const database = url === undefined ? '' : decodeURIComponent(url.pathname.slice(1)) || 'farol';
  if (url === undefined || !/^https?:$/.test(url.protocol) || !/^[\w-]+$/.test(database)) {
    throw new Refusal('--store must be "embedded" or an address like http://user:password@host:8123/database', {
      code: 'CONFIG_INVALID',
    });
  }
  return {
    url: url.origin,
    database,
    readsMax,
    ...(url.username !== '' && { username: decodeURIComponent(url.username) }),
    ...(url.password !== '' && { password: decodeURIComponent(url.password) }),
  };
}

async function createDatabase(endpoint: Endpoint, cluster: string | undefined): Promise<void> {
  await using wire = openWire({ ...endpoint, database: 'default' });
  const where = cluster === undefined ? '' : ` ON CLUSTER '${cluster.replaceAll(/['\\]/g, '\\$&')}'`;
  await wire.command(`CREATE DATABASE IF NOT EXISTS \`${endpoint.database}\`${where}`);
}

/** The first thing asked of a ClickHouse: what goes wrong here is for the one who gave the address to mend. */
function startRefusal(cause: unknown, { url, username = 'default', database }: Endpoint): Refusal {
  const { code, message } = cause as { code?: string; message?: string };
  const about = { code: 'CONFIG_INVALID', cause } as const;
  if (code === '516' || code === '192' || code === '194')
    return new Refusal(
      `ClickHouse at ${url} does not let user "${username}" in: wrong user or password in --store`,
      about,
    );
  if (failureOf(cause).kind === 'transient' && !/^\d+$/.test(code ?? ''))
    return new Refusal(`ClickHouse at ${url} (--store) cannot be reached: ${code ?? message}`, about);
  const why = `${message ?? cause}`.split('\n', 1)[0]?.slice(0, 300);
  return new Refusal(`ClickHouse at ${url} refused to create database "${database}": ${why}`, about);
}

/** The text index of `logs` is the youngest thing the tables need. */
const versionMin = [26, 2] as const;

function assertVersion(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > versionMin[0] || (major === versionMin[0] && minor >= versionMin[1])) return;
  throw new Refusal(`this ClickHouse is ${version}, Farol needs ${versionMin.join('.')} or newer`, {
    code: 'CONFIG_INVALID',
  });
}
