import { expect, test } from 'vitest';
import { log } from '#kit';
import { ask } from '../ask.ts';
import { migrate, readMigrations } from '../migrate.ts';
import { sql } from '../sql.ts';
import { openTarget } from '../target.ts';
import { tempFolder } from '../temp-store.ts';

const askLimits = { msMax: 10_000, answerBytesMax: 1e6 };
const topology = { retentionDays: { metrics: 15, logs: 30, traces: 7 } };

test('spans that were stored before there was `shared` have it, and say the same as later ones, merged or not', async () => {
  using folder = tempFolder();
  const target = { kind: 'embedded' as const, dataDir: folder.path };
  await using open = await openTarget(target, { log, askLimits, onState: () => undefined });
  const { wire } = open;
  const migrations = readMigrations();
  const before = migrations.filter(({ name }) => name < '009');
  await migrate({ wire, topology, migrations: before, askLimits });
  const insert = `INSERT INTO spans (tenant, time, flags, attributes_types, resource, scope_name, scope)
    VALUES ('main', now64(9), 257, map('n', 'int'), map('a "b"', '\\0é', 'a', ''), 'lib', map('x', 'y'))`;
  await wire.command(insert);
  await migrate({ wire, topology, migrations, askLimits });
  await wire.command(insert);
  const told = async () => {
    const options = { signal: AbortSignal.timeout(10_000) };
    const rows = await ask<{ shared: string }>(wire, sql`SELECT shared FROM spans`, options, askLimits);
    return rows.map(({ shared }) => JSON.parse(shared));
  };
  const said = [['257', 'lib', ''], ['n'], ['int'], ['a "b"', 'a'], ['\0é', ''], [], [], ['x'], ['y'], [], []];
  expect(await told()).toEqual([said, said]);
  await wire.command('OPTIMIZE TABLE spans FINAL');
  expect(await told()).toEqual([said, said]);
}, 30_000);
