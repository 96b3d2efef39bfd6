/** Work on large bodies: one at a time, and in slices, so that whoever sends little never waits for who sends much. */
import type { Clock } from '#kit';

/** Turns, in the order they were asked for. */
export class Queue {
  private last: Promise<void> = Promise.resolve();

  /** Resolves when it is the caller's turn, with what ends the turn; that may be called again. */
  async take(): Promise<() => void> {
    const before = this.last;
    const mine = Promise.withResolvers<void>();
    this.last = mine.promise;
    await before;
    return mine.resolve;
  }
}

const sliceMsMax = 8;

/** Long work asks it now and then whether others should have a turn. */
export class Pace {
  private readonly clock: Clock;
  private sliceEndMs: number;

  constructor(clock: Clock) {
    this.clock = clock;
    this.sliceEndMs = clock.tickMs() + sliceMsMax;
  }

  get isDue(): boolean {
    return this.clock.tickMs() >= this.sliceEndMs;
  }

  /** Lets the event loop run once. */
  async rest(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.sliceEndMs = this.clock.tickMs() + sliceMsMax;
  }
}
