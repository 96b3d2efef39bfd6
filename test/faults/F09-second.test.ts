/** F09: a data directory has one owner: a second Farol says whose it is and ends; the first one does not notice. */
import { expect, test } from 'vitest';
import { createProduct, startProduct } from '../kit/product.ts';

test('a second Farol on the same directory is refused, naming the directory and its owner', async () => {
  await using first = await startProduct();
  const second = createProduct({ dataDir: first.dataDir });
  await expect(second.start()).rejects.toThrow('ended at once');
  expect(second.output()).toContain(first.dataDir);
  expect(second.output()).toContain(`${first.pid}`);
  expect((await second.stop()).code).toBe(1);
  await first.ready(1000);
  expect((await fetch(`${first.url}/api/logs`)).status).toBe(200);
}, 120_000);
