import type { Clock } from './clock.ts';

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
