import { expect, test } from 'vitest';
import { log } from '#kit';
import { ask } from './ask.ts';
import { migrate, readMigrations } from './migrate.ts';
import { sql } from './sql.ts';
import { openTarget } from './target.ts';
import { tempFolder } from './temp-store.ts';
import type { Wire } from './wire.ts';

const askLimits = { msMax: 10_000, answerBytesMax: 1e6 };
const topology = { retentionDays: { metrics: 15, logs: 30, traces: 7 } };

test('a migration that was killed in the middle is finished by the next start, and is not run a third time', async () => {
  using folder = tempFolder();
  const target = { kind: 'embedded' as const, dataDir: folder.path };
  await using open = await openTarget(target, { log, askLimits, onState: () => undefined });
  const { wire } = open;
  const migrations = readMigrations();
  await expect(migrate({ wire: dyingAfter(4, wire), topology, migrations, askLimits })).rejects.toThrow('killed');
  expect(await migrate({ wire, topology, migrations, askLimits })).toEqual(migrations.map(({ name }) => name));
  expect(await migrate({ wire, topology, migrations, askLimits })).toEqual([]);
  const options = { signal: AbortSignal.timeout(10_000) };
  for (const table of [sql`series`, sql`samples`, sql`trace_times`]) {
    expect(await ask(wire, sql`SELECT count() AS n FROM ${table}`, options, askLimits)).toEqual([{ n: '0' }]);
  }
  const edited = migrations.map(({ name, source }) => ({ name, source: `${source}\n-- edited` }));
  await expect(migrate({ wire, topology, migrations: edited, askLimits })).rejects.toThrow(/another version of 001/);
}, 30_000);

function dyingAfter(commands: number, wire: Wire): Wire {
  let left = commands;
  return {
    ...wire,
    command: async (text) => {
      if (left-- === 0) throw new Error('killed');
      await wire.command(text);
    },
  };
}
