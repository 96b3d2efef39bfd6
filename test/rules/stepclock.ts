import type { Clock } from '../../server/src/kit/index.ts';

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** Stands still until it is moved; whoever sleeps wakes in the order of their times. */
export class StepClock implements Clock {
  #nowMs: number;
  #tickMs = 0;
  readonly #sleepers = new Set<Sleeper>();

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  tickMs(): number {
    return this.#tickMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const sleeper = {
        dueMs: this.#tickMs + ms,
        wake: () => {
          this.#sleepers.delete(sleeper);
          signal?.removeEventListener('abort', stop);
          resolve();
        },
      };
      const stop = () => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  /** How many sleep for less than a minute: query deadlines are no beats. */
  get waiting(): number {
    return [...this.#sleepers].filter(({ dueMs }) => dueMs <= this.#tickMs + 60_000).length;
  }

  /** When the next of them wakes, by the wall. */
  get nextMs(): number {
    return this.#nowMs + Math.min(...[...this.#sleepers].map(({ dueMs }) => dueMs)) - this.#tickMs;
  }

  /** Lets everything happen that is due on the way; `settled` resolves when nobody works any more. */
  async moveTo(timeMs: number, settled: () => Promise<void>): Promise<void> {
    while (this.nextMs <= timeMs) {
      this.#advance(this.nextMs - this.#nowMs);
      await settled();
    }
    this.#advance(timeMs - this.#nowMs);
  }

  /** The machine stood still: all this time passes at once. */
  async sleepThrough(ms: number, settled: () => Promise<void>): Promise<void> {
    this.#advance(ms);
    await settled();
  }

  /** Somebody sets the wall clock; nothing wakes. */
  setWall(byMs: number): void {
    this.#nowMs += byMs;
  }

  #advance(ms: number): void {
    this.#nowMs += ms;
    this.#tickMs += ms;
    const due = [...this.#sleepers].filter(({ dueMs }) => dueMs <= this.#tickMs).sort((a, b) => a.dueMs - b.dueMs);
    for (const { wake } of due) wake();
  }
}
