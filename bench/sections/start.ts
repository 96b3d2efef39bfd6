/** From the command to ready, on nothing. (The warm start, on a day of data, is measured by the promql section.) */
import { median } from '../http.ts';
import { newDataDir, removeDataDir, startProduct } from '../product.ts';
import { type Finding, milliseconds } from '../report.ts';

const starts = 3;

export async function start(): Promise<Finding> {
  const cold: number[] = [];
  const again: number[] = [];
  for (let n = 0; n < starts; n++) {
    const dir = await newDataDir();
    for (const times of [cold, again]) {
      const product = await startProduct(dir);
      times.push(product.startMs);
      await product.stop();
    }
    await removeDataDir(dir);
  }
  return {
    title: 'Start to ready',
    tables: [
      {
        head: ['start', 'median', 'slowest'],
        rows: [
          ['first, on an empty folder', milliseconds(median(cold)), milliseconds(Math.max(...cold))],
          ['second, on the same folder', milliseconds(median(again)), milliseconds(Math.max(...again))],
        ],
      },
    ],
    notes: [
      `${starts} times each, from spawning the process to the first 200 of \`/-/ready\`; files are in the page cache.`,
    ],
  };
}
