import { systemClock } from '#kit';
import { type Labels, labelsFrom, limits } from '#model';
import type { EntryBatch, EntryQuestion } from './contract.ts';
import { createLogql, type Logql } from './index.ts';

export interface TestLine {
  readonly atMs: number;
  readonly line: string;
  readonly stream?: Readonly<Record<string, string>>;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** An engine over a few lines, one batch each; the keeper ignores matchers. `questions` are what it was asked. */
export function logqlOver(
  lines: readonly TestLine[],
  overrides: Partial<Parameters<typeof createLogql>[0]> = {},
): { logql: Logql; questions: EntryQuestion[] } {
  const questions: EntryQuestion[] = [];
  const batches = lines.map(batchOf);
  const logql = createLogql({
    async *entries(question) {
      questions.push(question);
      const inTime = batches.filter(
        ({ timesNs: [timeNs = 0n] }) => timeNs >= question.startNs && timeNs < question.endNs,
      );
      yield* question.direction === 'forward' ? inTime : inTime.toReversed();
    },
    limits: limits.query,
    clock: systemClock,
    ...overrides,
  });
  return { logql, questions };
}

/** Every line is a stream of its own, so that stream indexes differ. */
function batchOf({ atMs, line, stream = { app: 'a' }, metadata = {} }: TestLine, index: number): EntryBatch {
  const streams: Labels[] = [];
  streams[index] = labelsFrom(Object.entries(stream));
  return {
    count: 1,
    timesNs: BigInt64Array.of(BigInt(atMs) * 1_000_000n),
    lines: [line],
    streamOf: Uint32Array.of(index),
    streams,
    metadata: [labelsFrom(Object.entries(metadata))],
  };
}
