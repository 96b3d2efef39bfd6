import type { Expr } from '@farol/logql';
import { expect, test } from 'vitest';
import { systemClock } from '../../server/src/kit/clock.ts';
import { labelPairs, limits } from '../../server/src/model/index.ts';
import { createLogql, groupEntries, type Logql } from '../../server/src/query/logql/index.ts';
import { EntriesInMemory } from '../conformance/logqltest-entries.ts';
import { leastRandomQueries, report } from '../conformance/report.ts';
import { Random } from '../prometheus/random.ts';
import { epochNs, randomLines, randomQuery, spanNs } from './grammar.ts';
import { type Line, PipelineFailure, referenceAt, referenceLogs } from './reference.ts';

const queryCount = Number(process.env.FAROL_LOGQL_FUZZ_QUERIES ?? 300);
const seedFirst = Number(process.env.FAROL_LOGQL_FUZZ_SEED ?? 1);
const queriesPerSeed = 30;
const stepMs = 20_000;

test(`the pipeline answers ${queryCount} random queries as a slow and obvious one does`, async () => {
  const differences: string[] = [];
  let answered = 0;
  let withRows = 0;
  for (let seed = seedFirst; (seed - seedFirst) * queriesPerSeed < queryCount; seed++) {
    const chance = new Random(seed);
    const lines = randomLines(chance, 120);
    const store = new EntriesInMemory();
    store.load(
      lines.map(({ stream, ...line }) => ({ ...line, labels: stream })),
      0n,
    );
    const logql = createLogql({ entries: store.read, count: store.count, limits: limits.query, clock: systemClock });
    for (let i = 0; i < queriesPerSeed; i++) {
      const query = randomQuery(chance);
      const { problem, rows = 0 } = await difference(query, lines, logql);
      if (problem === 'skipped') continue;
      answered++;
      if (rows > 0) withRows++;
      if (problem !== undefined) differences.push(`seed ${seed}: ${query}\n  ${problem}`);
    }
  }
  console.info(
    `logql fuzz: ${answered - differences.length} of ${answered} queries agree, ${withRows} of them with rows`,
  );
  if (answered >= leastRandomQueries) {
    report({ suite: 'logql-fuzz', cases: answered, passed: answered - differences.length, deviations: [] });
  }
  expect(differences.slice(0, 10)).toEqual([]);
  expect(withRows).toBeGreaterThan(queryCount / 3);
});

interface Outcome {
  readonly problem?: string;
  readonly rows?: number;
}

async function difference(query: string, lines: readonly Line[], logql: Logql): Promise<Outcome> {
  const expr = logql.parse(query);
  const expected = attempt(() => referenceOf(expr, lines));
  const actual = await answerOf(query, expr, logql).catch((error: Error) => error);
  if (expected instanceof Error) {
    // With labels around it, a query need not look at all of a line, and so need not see what is wrong with it.
    if (actual instanceof Error) return {};
    const maySkip = expr.kind !== 'log' && /\b(sum|by)\b/.test(query);
    return { problem: maySkip ? 'skipped' : `an answer, expected ${expected.message}` };
  }
  if (actual instanceof Error) return { problem: `failed with ${actual.message}` };
  return { problem: firstDifference(actual, expected), rows: actual.length };
}

function attempt(evaluate: () => string[]): string[] | PipelineFailure {
  try {
    return evaluate();
  } catch (error) {
    if (error instanceof PipelineFailure) return error;
    throw error;
  }
}

function referenceOf(expr: Expr, lines: readonly Line[]): string[] {
  if (expr.kind === 'log') return referenceLogs(expr, lines).sort();
  const rows: string[] = [];
  for (let timeNs = epochNs; timeNs <= epochNs + spanNs; timeNs += BigInt(stepMs) * 1_000_000n) {
    for (const [labels, value] of referenceAt(expr, lines, timeNs)) rows.push(rowOf(timeNs, labels, value));
  }
  return rows.sort();
}

function rowOf(timeNs: bigint, labels: string, value: number): string {
  return `${timeNs / 1_000_000n} ${labels} ${value}`;
}

async function answerOf(query: string, expr: Expr, logql: Logql): Promise<string[]> {
  const { signal } = new AbortController();
  const window = { startNs: epochNs, endNs: epochNs + spanNs };
  const direction = expr.kind === 'log' && query.length % 2 === 0 ? 'backward' : 'forward';
  const question = {
    kind: 'range',
    tenant: 'test',
    text: query,
    ...window,
    stepMs,
    limit: 1000,
    direction,
    signal,
  } as const;
  const { value } = await logql.query(question);
  if (value.kind === 'streams') {
    return groupEntries(value.entries, { categorized: false })
      .flatMap(({ labels, entries }) => {
        const text = JSON.stringify([...labelPairs(labels)]);
        return entries.map(({ timeNs, line }) => `${timeNs} ${line} ${text}`);
      })
      .sort();
  }
  if (value.kind !== 'matrix') throw new Error(`a ${value.kind}, expected a matrix`);
  return value.series
    .flatMap(({ labels, timesMs, values }) => {
      const text = JSON.stringify([...labelPairs(labels)]);
      return timesMs.map((timeMs, i) => rowOf(BigInt(timeMs) * 1_000_000n, text, values[i] ?? 0));
    })
    .sort();
}

function firstDifference(actual: readonly string[], expected: readonly string[]): string | undefined {
  const at = actual.findIndex((row, i) => !isSame(row, expected[i] ?? ''));
  if (at < 0 && actual.length === expected.length) return undefined;
  const index = at < 0 ? actual.length : at;
  return `${actual.length} rows for ${expected.length}; ${actual[index]}, expected ${expected[index]}`;
}

/** Up to the last digits of a number at the end, which depend on the order of a sum. */
function isSame(actual: string, expected: string): boolean {
  if (actual === expected) return true;
  const [a, b] = [actual, expected].map((row) => ({
    about: row.slice(0, row.lastIndexOf(' ')),
    value: Number(row.slice(row.lastIndexOf(' '))),
  }));
  if (a === undefined || b === undefined || a.about !== b.about) return false;
  return Math.abs(a.value - b.value) <= 1e-9 * Math.max(Math.abs(a.value), Math.abs(b.value));
}
