/**
 * Brings the tables up to what `schema/*.sql` says. Statements may run twice, and each file is noted when all of it
 * has run: killed in the middle, the next start runs the file again.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { requestIdOf } from '#kit';
import { Refusal } from '#model';
import { type AskLimits, ask, inspect } from './ask.ts';
import { renderStatements, type Topology } from './schema/topology.ts';
import { identifier, sql } from './sql.ts';
import type { Wire } from './wire.ts';

export interface Migration {
  readonly name: string;
  readonly source: string;
}

const folder = new URL('./schema/', import.meta.url);

/** The `.sql` files in the order of their numbers. */
export function readMigrations(): Migration[] {
  const names = readdirSync(folder).filter((name) => /^\d{3}-[\w-]+\.sql$/.test(name));
  return names.sort().map((name) => ({ name, source: readFileSync(new URL(name, folder), 'utf8') }));
}

export interface MigrateDeps {
  readonly wire: Wire;
  readonly topology: Topology;
  readonly migrations: readonly Migration[];
  readonly askLimits: AskLimits;
}

/** Returns the names of the files that ran. */
export async function migrate({ wire, topology, migrations, askLimits }: MigrateDeps): Promise<string[]> {
  if (!(await hasLedger(wire, topology, askLimits)))
    for (const statement of renderStatements(ledger, topology)) await wire.command(statement);
  const done = await checksums(wire, askLimits);
  const ran: string[] = [];
  for (const { name, source } of migrations) {
    const checksum = requestIdOf(Buffer.from(source));
    if (done.has(name)) {
      assertUnchanged(name, checksum, done.get(name));
      continue;
    }
    for (const statement of renderStatements(source, topology)) await wire.command(statement);
    await wire.command(`INSERT INTO migrations (name, checksum) SETTINGS ${noted} VALUES ('${name}', '${checksum}')`);
    ran.push(name);
  }
  return ran;
}

/** Not on its way to the shards, but there. */
const noted = 'async_insert = 0, distributed_foreground_insert = 1';

/** Whether the tables were begun; refuses those of the other topology, which no statement would bring up to this one. */
async function hasLedger(wire: Wire, { cluster }: Topology, limits: AskLimits): Promise<boolean> {
  const query = sql`SELECT engine FROM system.tables WHERE database = currentDatabase() AND name = 'migrations'`;
  const options = { signal: AbortSignal.timeout(limits.msMax) };
  const [row] = await inspect<{ engine: string }>(wire, query, options, limits);
  const isDistributed = row?.engine === 'Distributed';
  if (row === undefined || isDistributed === (cluster !== undefined)) return row !== undefined;
  throw new Refusal(
    isDistributed
      ? 'the tables in this database are of a cluster: name it with --store-cluster'
      : `the tables in this database are of one server, not of cluster "${cluster}": name another database in --store`,
    { code: 'CONFIG_INVALID' },
  );
}

const ledger = `
-- shard by cityHash64(name)
CREATE TABLE IF NOT EXISTS migrations{local} {on_cluster}
(
    name     String,
    checksum String,
    applied  DateTime('UTC') DEFAULT now()
)
ENGINE = {engine:ReplacingMergeTree(applied)}
ORDER BY name
SETTINGS {durable};
`;

async function checksums(wire: Wire, limits: AskLimits): Promise<Map<string, string>> {
  const query = sql`SELECT name, checksum FROM ${identifier('migrations')}`;
  const options = { signal: AbortSignal.timeout(limits.msMax) };
  const rows = await ask<{ name: string; checksum: string }>(wire, query, options, limits);
  return new Map(rows.map((row) => [row.name, row.checksum]));
}

function assertUnchanged(name: string, checksum: string, applied: string | undefined): void {
  if (checksum === applied) return;
  throw new Refusal(
    `the tables were made by another version of ${name} (${applied}, this Farol has ${checksum}); ` +
      'start the Farol that made them, or use another --data-dir',
    { code: 'CONFIG_INVALID' },
  );
}
