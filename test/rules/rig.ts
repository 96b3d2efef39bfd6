/** Rules over a real store, on a clock that stands still until it is moved. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Evaluator, type GroupView, openEvaluator, type RuleSources } from '../../server/src/evaluate/index.ts';
import { log, systemClock } from '../../server/src/kit/index.ts';
import { type Limits, labelsFrom, setStaleAt, limits as usual } from '../../server/src/model/index.ts';
import { createPromql } from '../../server/src/query/promql/index.ts';
import { openStore, type Store } from '../../server/src/store/index.ts';
import { until } from '../kit/until.ts';
import { StepClock } from './stepclock.ts';

export interface RigOptions {
  /** The rule file; groups are evaluated every 15 s unless they say otherwise. */
  readonly rules: string;
  readonly externalLabels?: readonly (readonly [string, string])[];
  readonly limits?: Partial<Limits['rules']>;
  /** Stands between the rules and the engine, to fail or to be slow. */
  readonly instant?: (real: Instant) => Instant;
  readonly write?: (real: Store['write']) => Store['write'];
}

type Instant = ReturnType<typeof createPromql>['instant'];

/** A value each interval; `_` is none, `stale` ends the series. */
export type Values = readonly (number | '_' | 'stale')[];

export interface Rig extends AsyncDisposable {
  readonly store: Store;
  readonly clock: StepClock;
  /** The time of the first evaluation of the first group; samples sent count from here. */
  readonly startMs: number;
  readonly file: string;
  /** One value every 15 s from startMs on. */
  send(series: Readonly<Record<string, Values>>): Promise<void>;
  /** Moves the clock to the group's n-th evaluation (0 is the first), and waits until all of it is recorded. */
  at(step: number): Promise<void>;
  /** The same for a moment in milliseconds. */
  atMs(timeMs: number): Promise<void>;
  /** Resolves when every group sleeps. */
  settled(): Promise<void>;
  groups(): readonly GroupView[];
  /** The series that a query finds, as `{labels} => value`, sorted. */
  ask(query: string, timeMs?: number): Promise<string[]>;
  reload(rules: string): Promise<void>;
  /** Stops, and begins anew over the same store. */
  restart(): Promise<void>;
}

const intervalMs = 15_000;

export async function openRig(options: RigOptions): Promise<Rig> {
  const folder = await mkdtemp(join(tmpdir(), 'farol-rules-'));
  const file = join(folder, 'rules.yml');
  await writeFile(file, options.rules);
  const limits: Limits = {
    ...usual,
    store: { ...usual.store, flushMs: 5, smallGroupMs: 5 },
    rules: { ...usual.rules, ...options.limits },
  };
  const retentionDays = { metrics: 15, logs: 30, traces: 7 };
  const store = await openStore({ kind: 'embedded', dataDir: folder, retentionDays, limits, clock: systemClock, log });
  // Three hours back, so that there is room to go on.
  const clock = new StepClock(Math.floor(Date.now() / 60_000) * 60_000 - 3 * 3_600_000);
  const promql = createPromql({ select: (question) => store.metrics.select(question), limits: limits.query, clock });
  const sources: RuleSources = {
    files: [file],
    intervalMs,
    queryOffsetMs: 0,
    externalLabels: labelsFrom(options.externalLabels ?? []),
  };

  function newEvaluator(): Promise<Evaluator> {
    return openEvaluator({
      tenant: 'main',
      sources: () => sources,
      externalUrl: () => 'http://farol.example',
      parse: promql.parse,
      instant: (options.instant ?? ((real) => real))(promql.instant),
      select: (question) => store.metrics.select(question),
      write: (options.write ?? ((real) => real))((batch) => store.write(batch)),
      intern: (tenant, labels) => store.series.intern(tenant, labels),
      limits,
      clock,
    });
  }

  let evaluator = await newEvaluator();
  evaluator.start();
  const settled = () => until(() => clock.waiting >= evaluator.groups().length, 20_000, 'the rules');
  await settled();
  const startMs = clock.nextMs;

  const rig: Rig = {
    store,
    clock,
    startMs,
    file,
    async send(series) {
      const rows = Object.entries(series).flatMap(([text, values]) => {
        const matchers = promql.parseSelector(text);
        const ref = store.series.intern('main', labelsFrom(matchers.map(({ name, value }) => [name, value] as const)));
        return values.flatMap((value, i) => (value === '_' ? [] : [{ ref, value, timeMs: startMs + i * intervalMs }]));
      });
      const columns = {
        count: rows.length,
        refs: Int32Array.from(rows, ({ ref }) => ref),
        timesMs: Float64Array.from(rows, ({ timeMs }) => timeMs),
        values: Float64Array.from(rows, ({ value }) => Number(value)),
      };
      const bits = new Uint32Array(columns.values.buffer);
      for (const [i, { value }] of rows.entries()) if (value === 'stale') setStaleAt(bits, i);
      await store.write({ tenant: 'main', samples: columns });
    },
    at: (step) => rig.atMs(startMs + step * intervalMs),
    async atMs(timeMs) {
      await clock.moveTo(timeMs, settled);
    },
    settled,
    groups: () => evaluator.groups(),
    async ask(query, timeMs = clock.nowMs()) {
      const { value } = await promql.instant({
        tenant: 'main',
        text: query,
        timeMs,
        signal: new AbortController().signal,
      });
      if (value.kind !== 'vector') throw new Error(`${query} is a ${value.kind}`);
      return value.labels.map((labels, i) => `${JSON.stringify(pairsOf(labels))} => ${value.values[i]}`).sort();
    },
    async reload(rules) {
      await writeFile(file, rules);
      await evaluator.reload();
      await settled();
    },
    async restart() {
      await evaluator[Symbol.asyncDispose]();
      evaluator = await newEvaluator();
      evaluator.start();
      await settled();
    },
    async [Symbol.asyncDispose]() {
      await evaluator[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return rig;
}

export function pairsOf(labels: readonly string[]): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (let i = 0; i < labels.length; i += 2) pairs[labels[i] ?? ''] = labels[i + 1] ?? '';
  return pairs;
}
