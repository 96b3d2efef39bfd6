/** Work over a million series in small steps, so that requests are answered in between. */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Yields what the next piece of work costs; 1 is about looking at a ref, some 20 ns. */
export type Steps<Result> = Generator<number, Result, void>;

/** Some milliseconds. */
const costPerTurn = 100_000;

/** Lets the event loop run now and then, and stops when the signal aborts. */
export async function inTurns<Result>(steps: Steps<Result>, signal: AbortSignal): Promise<Result> {
  let cost = 0;
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    cost += step.value;
    if (cost < costPerTurn) continue;
    cost = 0;
    await nextTurn();
    signal.throwIfAborted();
  }
}

/** For who cannot wait. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
