import { parentPort, workerData } from 'node:worker_threads';
import { Refusal } from '#model';
import type { Asked, Told } from './apart.ts';
import { readWritten } from './written.ts';

parentPort?.postMessage(told(workerData as Asked));

function told({ text, file, rulesMax }: Asked): Told {
  try {
    const { groups, notes } = readWritten(text, file, rulesMax);
    return { groups: Array.from(groups, (group) => JSON.stringify(group)), notes };
  } catch (error) {
    if (error instanceof Refusal) return { problem: error.message };
    throw error;
  }
}
