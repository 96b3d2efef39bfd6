import { expect, test } from 'vitest';
import { leastRandomQueries, report } from '../../conformance/report.ts';
import { type Beside, type Question, type Reply, startBeside } from '../beside.ts';
import { differenceOf } from '../compare.ts';
import { isInstalled } from '../programs.ts';
import { Random } from '../random.ts';
import { fuzzSeries } from './data.ts';
import { explanations } from './explained.ts';
import { Grammar } from './grammar.ts';

/** How many queries, and which: any other number or seed can be asked for in the environment (CONTRIBUTING.md). */
const count = Number(process.env.FAROL_FUZZ_QUERIES ?? 500);
const seed = Number(process.env.FAROL_FUZZ_SEED ?? 1);

const tolerance = { fraction: 1e-6, margin: 1e-9 };
const atOnce = 4;

test.skipIf(!isInstalled('prometheus'))(
  'random queries over random data have the answers that Prometheus gives beside us',
  { timeout: 60_000 + count * 100 },
  async () => {
    await using beside = await startBeside();
    const endSeconds = Math.floor(Date.now() / 10_000) * 10;
    await beside.send(fuzzSeries(endSeconds * 1000, new Random(seed)));
    const questions = questionsOf(new Random(seed + 1), endSeconds);
    const tally = { answered: 0, empty: 0, refused: 0, explained: new Map<string, number>() };
    const unexplained: string[] = [];
    const workers = Array.from({ length: atOnce }, async () => {
      for (let question = questions.next(); !question.done; question = questions.next()) {
        const problem = await problemOf(beside, question.value, tally);
        if (problem !== undefined) unexplained.push(problem);
      }
    });
    await Promise.all(workers);
    const { answered, empty, refused } = tally;
    console.info(
      `fuzz: seed ${seed}, ${count} queries: ${answered} answered, ${empty} empty, ${refused} refused by both`,
    );
    for (const [why, times] of tally.explained) console.info(`fuzz: ${times} times explained: ${why}`);
    if (count >= leastRandomQueries) {
      const deviations = [...tally.explained].map(([why, cases]) => ({ why, cases })).sort((a, b) => b.cases - a.cases);
      report({ suite: 'promql-fuzz', cases: count, passed: count - unexplained.length, deviations });
    }
    expect(unexplained).toEqual([]);
    expect(tally.answered).toBeGreaterThan(count / 2);
  },
);

/** Shared by all workers: each takes the next one. */
function* questionsOf(random: Random, endSeconds: number): Generator<Question, undefined> {
  const grammar = new Grammar(random, endSeconds);
  for (let i = 0; i < count; i++) {
    const isRange = random.isTrue(0.6);
    const query = grammar.query(isRange);
    const step = isRange ? random.whole(1, 30) * 10 : undefined;
    const end = endSeconds - random.whole(0, 200) * 10;
    const start = end - (step ?? 0) * random.whole(0, 30);
    yield { query, farolQuery: query.replaceAll('holt_winters', 'double_exponential_smoothing'), start, end, step };
  }
  return undefined;
}

interface Tally {
  answered: number;
  empty: number;
  refused: number;
  readonly explained: Map<string, number>;
}

async function problemOf(beside: Beside, question: Question, tally: Tally): Promise<string | undefined> {
  const { farol, prometheus } = await beside.ask(question);
  const difference = differenceOf(farol, prometheus, tolerance) ?? disorderIn(question, farol, prometheus);
  if (difference === undefined) {
    if (prometheus.kind === 'error') tally.refused++;
    else if (prometheus.kind === 'series' && prometheus.series.length === 0) tally.empty++;
    else tally.answered++;
    return undefined;
  }
  const known = explanations.find(({ fits }) => fits({ question, farol, prometheus, difference }));
  if (known === undefined) return `${JSON.stringify(question)}: ${difference}`;
  tally.explained.set(known.why, (tally.explained.get(known.why) ?? 0) + 1);
  return undefined;
}

/** Instant answers of these have an order, up to equal values. */
function disorderIn({ query, step }: Question, farol: Reply, prometheus: Reply): string | undefined {
  const isOrdered = step === undefined && /^(sort|topk|bottomk)/i.test(query) && !/\b(by|without)\b/i.test(query);
  if (!isOrdered || farol.kind !== 'series' || prometheus.kind !== 'series') return undefined;
  const values = ({ series }: Reply & { kind: 'series' }) =>
    series.map(({ points }) => points[0]?.[1].toPrecision(9)).join();
  return values(farol) === values(prometheus)
    ? undefined
    : `in the order ${values(farol)}, expected ${values(prometheus)}`;
}
