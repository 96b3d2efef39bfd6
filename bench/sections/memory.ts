/** What all processes together hold when nobody sends or asks. (Loaded memory stands beside each load.) */
import { type ProcessUse, totalCpuSeconds, useOf } from '../proc.ts';
import { withProduct } from '../product.ts';
import { atMost, digits, type Finding, megabytes } from '../report.ts';
import type { Bench } from './index.ts';

export function memory({ scale }: Bench): Promise<Finding> {
  return withProduct(async (product) => {
    const cpuBefore = totalCpuSeconds(product.pid);
    await new Promise((resolve) => setTimeout(resolve, scale.idleSeconds * 1000));
    const processes = useOf(product.pid);
    const cores = (totalCpuSeconds(product.pid) - cpuBefore) / scale.idleSeconds;
    const total = processes.reduce((sum, { pssBytes }) => sum + pssBytes, 0);
    return {
      title: 'Memory when idle',
      goals: [atMost('memory of all processes when idle', total, 450e6, megabytes)],
      tables: [
        { head: ['process', 'memory (PSS)'], rows: [...processes.map(rowOf), ['all together', megabytes(total)]] },
      ],
      notes: [
        `${scale.idleSeconds} s after the start; Farol watches itself meanwhile, at ${digits(cores * 100, 1)} % of a core.`,
      ],
    };
  });
}

function rowOf({ name, pssBytes }: ProcessUse): string[] {
  return [name, megabytes(pssBytes)];
}
