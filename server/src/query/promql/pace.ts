import type { Clock } from '#kit';
import { cancelled, timedOut, tooManySamples } from './failures.ts';

/** How long a query may hold the event loop before it lets others run. */
const sliceMs = 20;
const lookEveryMs = 0.25;
const looksLeftOutMax = 255;

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
  /** Of that signal, where it is the query's alone; else the pace makes a signal of its own. */
  readonly stop?: AbortController;
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
  /** When the clock was looked at last, and how many looks are left out before the next. */
  private lookedMs: number;
  private looksLeftOut = 0;
  private toLeaveOut = 0;
  private readonly options: PaceOptions;
  private readonly deadlineMs: number;
  private readonly stop: AbortController;
  private isLate = false;

  constructor(options: PaceOptions) {
    this.options = options;
    const nowMs = options.clock.tickMs();
    this.lookedMs = nowMs;
    this.sliceEndMs = nowMs + sliceMs;
    this.deadlineMs = nowMs + options.msMax;
    this.stop = options.stop ?? new AbortController();
    this.signal = options.stop?.signal ?? AbortSignal.any([options.signal, this.stop.signal]);
  }

  /**
   * Stops waits past the deadline; call what it returns when the query is over. It begins with the next turn of the event
   * loop: most queries need no more than this one, and a timer costs them more than they do.
   */
  watch(): () => void {
    let over: AbortController | undefined;
    const beginning = setImmediate(() => {
      over = new AbortController();
      // It settles by itself when `over` aborts, and never rejects.
      void this.stopLate(over.signal);
    });
    return () => {
      clearImmediate(beginning);
      // A reason of our own: to make one, with its stack, takes longer than many a query.
      over?.abort('the query is over');
    };
  }

  private async stopLate(over: AbortSignal): Promise<void> {
    try {
      await this.options.clock.sleep(Math.max(0, this.deadlineMs - this.options.clock.tickMs()), over);
      this.isLate = true;
      this.stop.abort(timedOut(this.options.msMax));
    } catch {
      // The query ended first, which is what the signal says.
    }
  }

  /**
   * True when it is time to `rest`. Ask once per series: the clock, which takes longer than many a series, is looked at
   * about every quarter of a millisecond.
   */
  isDue(): boolean {
    if (this.toLeaveOut > 0) {
      this.toLeaveOut--;
      return false;
    }
    const nowMs = this.options.clock.tickMs();
    const isSoon = nowMs - this.lookedMs < lookEveryMs;
    this.looksLeftOut = isSoon ? Math.min(2 * this.looksLeftOut + 1, looksLeftOutMax) : this.looksLeftOut >> 1;
    this.toLeaveOut = this.looksLeftOut;
    this.lookedMs = nowMs;
    return nowMs >= this.sliceEndMs;
  }

  /** Lets the event loop run, then refuses to go on when the query is cancelled or late. */
  async rest(): Promise<void> {
    await nextTurn();
    this.check();
    this.sliceEndMs = this.options.clock.tickMs() + sliceMs;
  }

  check(): void {
    if (this.options.signal.aborted && !this.isLate) throw cancelled();
    if (this.isLate || this.options.clock.tickMs() >= this.deadlineMs) throw timedOut(this.options.msMax);
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
