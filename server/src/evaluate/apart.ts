/** Reads a rule file's YAML on a thread of its own, which ends with it. */
import { Worker } from 'node:worker_threads';
import { invalid } from '#kit/yamltree';
import type { WrittenFile, WrittenGroup } from './written.ts';

export interface Asked {
  readonly text: string;
  readonly file: string;
  readonly rulesMax: number;
}

/** Groups cross as JSON, for whoever takes them reads one at a time; a refusal crosses as its words. */
export type Told =
  | { readonly groups: readonly string[]; readonly notes: readonly string[] }
  | { readonly problem: string };

export function readApart(asked: Asked): Promise<WrittenFile> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./apartworker.ts', import.meta.url), { workerData: asked });
    worker.once('message', (told: Told) => ('problem' in told ? reject(invalid(told.problem)) : resolve(fileOf(told))));
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the thread that reads ${asked.file} ended with code ${code}`)));
  });
}

function fileOf({ groups, notes }: Exclude<Told, { problem: string }>): WrittenFile {
  return { groups: groups.values().map((group) => JSON.parse(group) as WrittenGroup), notes };
}
