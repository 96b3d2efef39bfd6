/** F03: SIGTERM under load: it stops in order and in time, exit code 0, and nothing acknowledged is lost. */
import { expect, test } from 'vitest';
import { startProduct } from '../kit/product.ts';
import { faultless, judge } from './history.ts';
import { startLoad } from './load.ts';

const graceMs = 20_000;

test('a stop under load ends with 0 in time and loses nothing', async () => {
  await using product = await startProduct();
  const load = startLoad(product);
  for (let round = 0; round < 3; round++) {
    await pause(1000);
    const startedMs = performance.now();
    expect(await product.stop('SIGTERM'), product.output()).toEqual({ code: 0, signal: null });
    expect(performance.now() - startedMs).toBeLessThan(graceMs);
    await product.start();
  }
  await load.finish();
  const verdict = await judge(product, load.attempts);
  expect(verdict).toMatchObject({ ...faultless, acked: verdict.attempted });
}, 180_000);

test('a second signal hurries, and corrupts nothing', async () => {
  await using product = await startProduct();
  const load = startLoad(product);
  await pause(1500);
  const first = product.stop('SIGTERM');
  await pause(5);
  const startedMs = performance.now();
  await product.stop('SIGTERM');
  await first;
  expect(performance.now() - startedMs).toBeLessThan(graceMs);
  await product.start();
  await load.finish();
  const verdict = await judge(product, load.attempts);
  expect(verdict).toMatchObject({ ...faultless, acked: verdict.attempted });
}, 120_000);

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
