/** chDB opened on one directory: the pools of sessions over it, and the few facts reported at start. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Session } from 'chdb';
import { type SessionPool, useStatement } from './execute.ts';
import { failureOf } from './failure.ts';
import { type Lane, openLane } from './lane.ts';
import { stringLiteral } from './parameters.ts';
import type { Fence } from './readerguard.ts';
import { createPool } from './sessions.ts';
import {
  configXml,
  type EngineBounds,
  readerSettings,
  type SessionSettings,
  setStatement,
  writerSettings,
} from './settings.ts';

export interface DatabaseOptions extends EngineBounds {
  readonly dataDir: string;
  readonly database: string;
  readonly writerSessions: number;
  readonly readerSessions: number;
  readonly streamSessions: number;
}

export interface Database {
  readonly name: string;
  readonly version: string;
  readonly timezone: string;
  /** Parts that were found broken and set aside. */
  readonly detachedParts: number;
  readonly writers: SessionPool;
  readonly lane: Lane;
  readonly fence: Fence;
  /** Asks chDB again what there is to be fenced off; after a CREATE DATABASE. */
  refreshFence(): Promise<void>;
  /** Cancels the query whose text begins with `marker`. Resolves when chDB was told, not when the query has ended. */
  kill(marker: string): Promise<void>;
  /** True while a session runs a query; chDB must then not be closed, it would abort the process. */
  busy(): boolean;
  close(): Promise<void>;
}

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const path = join(options.dataDir, 'clickhouse');
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const configPath = join(options.dataDir, 'engine', 'config.xml');
  mkdirSync(join(options.dataDir, 'engine'), { recursive: true, mode: 0o700 });
  writeFileSync(configPath, configXml(options));

  const control = new Session(path, { connectionArgs: [`--config-file=${configPath}`] });
  await control.queryAsync(`CREATE DATABASE IF NOT EXISTS ${quoted(options.database)} ENGINE = Atomic`);
  const facts = await readFacts(control);
  let fence = await readFence(control, options.database);

  const baseline = writerSettings(options);
  const open = () => openSession({ path, database: options.database, settings: baseline });
  const pool = createPool('writer', open, { sessions: options.writerSessions });
  const lane = openLane({
    path,
    database: options.database,
    pools: {
      readers: { sessions: options.readerSessions, baseline: readerSettings(options) },
      streams: { sessions: options.streamSessions, baseline },
    },
  });

  // The control session, too, runs one query at a time.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<unknown>) => {
    const done = turn.then(work);
    turn = done.catch(() => undefined);
    return done;
  };

  return {
    ...facts,
    name: options.database,
    writers: { pool, baseline, database: options.database },
    lane,
    get fence() {
      return fence;
    },
    async refreshFence() {
      await inTurn(async () => {
        fence = await readFence(control, options.database);
      });
    },
    async kill(marker) {
      await inTurn(() => control.queryAsync(`KILL QUERY WHERE startsWith(query, ${stringLiteral(marker)}) ASYNC`));
    },
    busy: () => pool.busy > 0 || lane.busy > 0,
    async close() {
      await lane.close();
      pool.close();
      control.close();
    },
  };
}

interface SessionOptions {
  readonly path: string;
  readonly database: string;
  readonly settings: SessionSettings;
}

/** chDB must have been opened on the path before (openDatabase), with its configuration. */
export function openSession({ path, database, settings }: SessionOptions): Session {
  const session = new Session(path);
  session.query(useStatement(database));
  session.query(setStatement(settings));
  return session;
}

async function readFacts(session: Session): Promise<Pick<Database, 'version' | 'timezone' | 'detachedParts'>> {
  const answer = await session
    .queryAsync('SELECT version(), timezone(), (SELECT count() FROM system.detached_parts)', {
      format: 'JSONCompactEachRow',
    })
    .catch((thrown: unknown) => {
      throw failureOf(thrown);
    });
  const [version, timezone, detached] = JSON.parse(answer.text()) as [string, string, number | string];
  return { version, timezone, detachedParts: Number(detached) };
}

async function readFence(session: Session, own: string): Promise<Fence> {
  const namesOf = async (table: string) => {
    const answer = await session.queryAsync(`SELECT lower(name) FROM system.${table}`, {
      format: 'JSONCompactEachRow',
    });
    return answer
      .text()
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as [string])[0]);
  };
  const always = ['system', 'information_schema', 'default', '_temporary_and_external_tables'];
  const databases = [...always, ...(await namesOf('databases'))].filter((name) => name !== own.toLowerCase());
  return { databases: new Set(databases), tableFunctions: new Set(await namesOf('table_functions')) };
}

function quoted(name: string): string {
  return `\`${name.replace(/[`\\]/g, '\\$&')}\``;
}
