import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { systemClock } from '#kit';
import { limits, Refusal, type SampleColumns } from '#model';
import { Catalogue } from '../catalogue/catalogue.ts';
import { Sightings } from '../catalogue/sightings.ts';
import { logRow } from '../test-rows.ts';
import type { Insert, Wire } from '../wire.ts';
import { Writer } from './writer.ts';

interface Try {
  readonly table: string;
  readonly token: string;
  readonly bytes: Buffer;
}

/** A wire whose inserts fail as `failure` says; it keeps every try. */
function wireThat(failure: (insert: Insert, tries: readonly Try[]) => Error | undefined): { wire: Wire; tries: Try[] } {
  const tries: Try[] = [];
  const wire: Wire = {
    async insert(insert) {
      tries.push({ table: insert.table, token: insert.token, bytes: Buffer.concat(insert.native) });
      const error = failure(insert, tries);
      if (error !== undefined) throw error;
    },
    command: async () => undefined,
    read: async () => Readable.from([]),
    inspect: async () => Readable.from([]),
    [Symbol.asyncDispose]: async () => undefined,
  };
  return { wire, tries };
}

function open(wire: Wire, recall: (writer: Writer) => Promise<void> = async () => undefined) {
  const catalogue = new Catalogue(100);
  const durable: SampleColumns[] = [];
  const failures: (string | undefined)[] = [];
  const told: string[] = [];
  const writer = new Writer({
    wire,
    clock: systemClock,
    limits: { ...limits.store, flushMs: 5 },
    catalogue,
    sightings: new Sightings(),
    durable: (samples) => {
      durable.push(samples);
      told.push('durable');
    },
    wrote: (tenant, leastMs) => told.push(`${tenant} from ${leastMs}`),
    report: (failure) => failures.push(failure),
    assertWritable: () => undefined,
    recall,
  });
  const batch = (value: number) => ({
    tenant: 'main',
    samples: {
      count: 1,
      refs: Int32Array.of(catalogue.intern('main', ['__name__', 'up'])),
      timesMs: Float64Array.of(1_700_000_000_000),
      values: Float64Array.of(value),
    },
  });
  return { writer, catalogue, durable, failures, told, batch };
}

const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
const triesOf = (tries: readonly Try[], table: string): Try[] => tries.filter((one) => one.table === table);

test('an insert that may or may not have arrived is repeated with the same bytes and token', async () => {
  const { wire, tries } = wireThat((insert, all) => (triesOf(all, insert.table).length < 3 ? reset : undefined));
  const { writer, durable, failures, batch } = open(wire);
  await writer.write(batch(1));
  for (const table of ['series', 'series_days', 'samples']) {
    const [first, ...others] = triesOf(tries, table);
    expect(others).toEqual([first, first]);
  }
  expect(new Set(tries.map((one) => one.token)).size).toBe(3);
  expect(tries.findIndex((one) => one.table === 'samples')).toBeGreaterThan(
    tries.findLastIndex((one) => one.table === 'series'),
  );
  expect(durable).toHaveLength(1);
  expect(failures.at(-1)).toBeUndefined();
});

test('series rows that could not be written go with the next samples', async () => {
  const full = Object.assign(new Error('no space'), { code: '243' });
  const { wire, tries } = wireThat((insert, all) =>
    insert.table === 'series' && triesOf(all, 'series').length === 1 ? full : undefined,
  );
  const { writer, durable, batch } = open(wire);
  await expect(writer.write(batch(1))).rejects.toMatchObject({ code: 'STORE_FULL' });
  expect(durable).toEqual([]);
  await writer.write(batch(2));
  const [first, second] = triesOf(tries, 'series');
  expect(second?.bytes.length).toBe(first?.bytes.length);
  expect(second?.token).not.toBe(first?.token);
  expect(triesOf(tries, 'samples')).toHaveLength(1);
});

test('samples of a series that was forgotten meanwhile are refused, and taken under its new ref', async () => {
  const { wire } = wireThat(() => undefined);
  const { writer, catalogue, durable, batch } = open(wire);
  const late = batch(1);
  catalogue.letGo(late.samples.refs[0] as number);
  await expect(writer.write(late)).rejects.toMatchObject({ code: 'STORE_BUSY' });
  await writer.write(batch(2));
  expect(durable.map(({ values }) => values[0])).toEqual([2]);
});

test('how far back was written is told once it is seen and before the sender hears, and after a failure too', async () => {
  const full = Object.assign(new Error('no space'), { code: '243' });
  const { wire } = wireThat((insert, all) =>
    insert.table === 'samples' && triesOf(all, 'samples').length === 2 ? full : undefined,
  );
  const { writer, told, batch } = open(wire);
  await writer.write(batch(1)).then(() => told.push('heard'));
  expect(told).toEqual(['durable', 'main from 1700000000000', 'heard']);
  await expect(writer.write(batch(2))).rejects.toMatchObject({ code: 'STORE_FULL' });
  expect(told.slice(3)).toEqual(['main from 1700000000000']);
});

test('a row that cannot be encoded is refused alone, and leaves nothing behind', async () => {
  const { wire, tries } = wireThat(() => undefined);
  const { writer, durable, batch } = open(wire);
  const good = writer.write(batch(1));
  const metadata = [{ metric: 'm', type: 'gauge' as const, unit: '', help: undefined as unknown as string }];
  await expect(writer.write({ ...batch(2), metadata })).rejects.toThrow(TypeError);
  await good;
  expect(durable.map((samples) => samples.values[0])).toEqual([1]);
  expect(triesOf(tries, 'metadata')).toEqual([]);
});

test('closing writes what waits and takes nothing more', async () => {
  const { wire, tries } = wireThat(() => undefined);
  const { writer, batch } = open(wire);
  const written = writer.write(batch(1));
  await writer[Symbol.asyncDispose]();
  await written;
  expect(triesOf(tries, 'samples')).toHaveLength(1);
  await expect(writer.write(batch(2))).rejects.toMatchObject({ code: 'STORE_DOWN' });
});

test('after an insert was given up, the tables are asked what is durable before anything is written again', async () => {
  const refused = Object.assign(new Error('something is amiss'), { code: '49' });
  let answered = false;
  const { wire } = wireThat((insert) => (insert.table === 'logs' && !answered ? refused : undefined));
  const recalls: boolean[] = [];
  const { writer } = open(wire, async () => {
    recalls.push(answered);
    if (!answered) throw new Refusal('the store is away', { code: 'STORE_DOWN' });
  });
  const write = () => writer.write({ tenant: 'main', requestId: 'r', logs: [logRow()] });
  await expect(write()).rejects.toMatchObject({ code: 'STORE_DOWN' });
  await expect(write()).rejects.toThrow('the store is away');
  answered = true;
  expect(await write()).toEqual({ duplicateRows: 0 });
  expect(await write()).toEqual({ duplicateRows: 1 });
  expect(recalls).toEqual([false, true]);
});
