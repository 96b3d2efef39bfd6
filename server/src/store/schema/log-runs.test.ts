import { expect, test } from 'vitest';
import { log } from '#kit';
import { ask, inspect } from '../ask.ts';
import { migrate, readMigrations } from '../migrate.ts';
import { sql } from '../sql.ts';
import { openTarget } from '../target.ts';
import { tempFolder } from '../temp-store.ts';

const askLimits = { msMax: 10_000, answerBytesMax: 1e6 };
const options = { signal: AbortSignal.timeout(30_000) };
const topology = { retentionDays: { metrics: 15, logs: 30, traces: 7 } };

test('a phrase is found in lines that stood before there was an index of runs, and looked for by both once merged', async () => {
  using folder = tempFolder();
  const target = { kind: 'embedded' as const, dataDir: folder.path };
  await using open = await openTarget(target, { log, askLimits, onState: () => undefined });
  const { wire } = open;
  const migrations = readMigrations();
  await migrate({ wire, topology, migrations: migrations.filter(({ name }) => name < '007'), askLimits });
  const insert = `INSERT INTO logs (tenant, time, body) SELECT 'main', now64(9), ['Cache doctor', 'a cache', 'the doctor'][number]
    FROM numbers(1, 3) SETTINGS materialize_skip_indexes_on_insert = `;
  await wire.command(`${insert}1`);
  await migrate({ wire, topology, migrations, askLimits });
  await wire.command(`${insert}0`);
  const lines = () => ask(wire, sql`SELECT body FROM logs WHERE lower(body) LIKE '%cache doctor%'`, options, askLimits);
  const found = [{ body: 'Cache doctor' }, { body: 'Cache doctor' }];
  expect(await lines()).toEqual(found);
  await wire.command('OPTIMIZE TABLE logs FINAL');
  expect(await lines()).toEqual(found);
  const plan = await inspect<{ explain: string }>(
    wire,
    sql`SELECT explain FROM (EXPLAIN indexes = 1 SELECT body FROM logs WHERE lower(body) LIKE '%zebra coat%')`,
    options,
    askLimits,
  );
  const used = plan.flatMap(({ explain }) => /Name: (\w+)/.exec(explain)?.[1] ?? []);
  expect(used).toEqual(['by_run', 'by_part']);
}, 30_000);
