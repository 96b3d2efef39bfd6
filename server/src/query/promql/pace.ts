import type { Clock } from '#kit';
import { cancelled, timedOut, tooManySamples } from './failures.ts';

/** How long a query may hold the event loop before it lets others run. */
const sliceMs = 20;

/** Queries that rest. One goes on in each turn of the event loop: what is not a query waits for one slice, however many ask. */
const resting: (() => void)[] = [];

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (resting.push(resolve) === 1) setImmediate(goOn);
  });
}

function goOn(): void {
  resting.shift()?.();
  if (resting.length > 0) setImmediate(goOn);
}

export interface PaceOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly msMax: number;
  readonly samplesMax: number;
}

/** A query's budget: its time, the points it holds at once, and its manners towards the event loop. */
export class Pace {
  /** Aborts when the client leaves or the time is up; hand it to whatever waits. */
  readonly signal: AbortSignal;
  samplesPeak = 0;
  private held = 0;
  private sliceEndMs: number;
  private readonly options: PaceOptions;
  private readonly deadlineMs: number;
  private readonly timer = new AbortController();

  constructor(options: PaceOptions) {
    this.options = options;
    const nowMs = options.clock.tickMs();
    this.sliceEndMs = nowMs + sliceMs;
    this.deadlineMs = nowMs + options.msMax;
    this.signal = AbortSignal.any([options.signal, this.timer.signal]);
  }

  /** Stops a wait past the deadline. Settles when the query is over, whatever its end. */
  async watch(over: AbortSignal): Promise<void> {
    try {
      await this.options.clock.sleep(this.options.msMax, over);
      this.timer.abort(timedOut(this.options.msMax));
    } catch {
      // The query ended first, which is what the signal says.
    }
  }

  /** True when it is time to `rest`. Cheap, but not free: ask once per series, not once per sample. */
  isDue(): boolean {
    return this.options.clock.tickMs() >= this.sliceEndMs;
  }

  /** Lets the event loop run, then refuses to go on when the query is cancelled or late. */
  async rest(): Promise<void> {
    await nextTurn();
    this.check();
    this.sliceEndMs = this.options.clock.tickMs() + sliceMs;
  }

  check(): void {
    if (this.options.signal.aborted) throw cancelled();
    if (this.options.clock.tickMs() >= this.deadlineMs) throw timedOut(this.options.msMax);
  }

  /** Counts points that the query now holds. Refuses with QUERY_TOO_LARGE past the limit. */
  hold(points: number): void {
    this.held += points;
    if (this.held > this.samplesPeak) this.samplesPeak = this.held;
    if (this.held > this.options.samplesMax) throw tooManySamples(this.options.samplesMax);
  }

  get holding(): number {
    return this.held;
  }

  /** Forgets all but `points`, when inputs have been used up. */
  holdOnly(points: number): void {
    this.held = 0;
    this.hold(points);
  }
}
