/** F01: `kill -9` of the server, the engine, or both, under load: what was acknowledged is there, and nothing is twice. */
import { expect, test } from 'vitest';
import { startProduct } from '../kit/product.ts';
import { faultless, judge } from './history.ts';
import { startLoad } from './load.ts';
import { countsOf } from './rows.ts';

const rounds = Number(process.env.FAROL_FAULT_ROUNDS ?? 6);
const victims = ['server', 'engine', 'both'] as const;

test(
  `${rounds} kills under load lose nothing that was acknowledged and double nothing`,
  async () => {
    const product = await startProduct();
    try {
      const load = startLoad(product, { sendersPerKind: 4 });
      for (let round = 0; round < rounds; round++) {
        const victim = victims[round % victims.length] ?? 'both';
        await pause(400 + ((round * 377) % 900));
        await product.kill(victim);
        if (victim === 'engine') await product.ready();
        else await product.start();
      }
      await pause(500);
      await load.finish();

      const verdict = await judge(product, load.attempts);
      console.info('F01', {
        rounds,
        ...summaryOf(verdict),
        retried: load.attempts.filter(({ tries }) => tries > 1).length,
      });
      expect(verdict).toMatchObject({ ...faultless, acked: verdict.attempted });
      expect((await product.stop()).code).toBe(0);
      // The APIs may merge what is stored twice; the tables do not.
      expect(await countsOf(product.dataDir)).toEqual({ logsDoubled: 0, spansDoubled: 0 });
    } finally {
      await product[Symbol.asyncDispose]();
    }
  },
  60_000 + rounds * 20_000,
);

function summaryOf(verdict: Awaited<ReturnType<typeof judge>>) {
  const { attempted, acked, lost, doubled, foreign } = verdict;
  return { attempted, acked, lost: lost.length, doubled: doubled.length, foreign: foreign.length };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
