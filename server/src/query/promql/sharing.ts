import { cancelled } from './failures.ts';

/** One for all: who left has been told why. */
const cancelledByAll = cancelled();

/** A piece of work under way, and how many wait for it. */
interface Shared<T> {
  readonly result: Promise<T>;
  readonly stop: AbortController;
  waiting: number;
  isOver: boolean;
}

/**
 * Questions that are alike while one of them is being answered get that one's answer: the panels and people that look at
 * the same thing at the same time cost as much as one. Who comes later may see data that is older by the time that the
 * answer has taken so far. The work is stopped when the last of them leaves.
 */
export class Sharing<T> {
  private readonly underWay = new Map<string, Shared<T>>();

  /** `work` is not called when its `key` is under way. Refuses with CANCELLED when `signal` aborts first. */
  async join(key: string, signal: AbortSignal, work: (stop: AbortController) => Promise<T>): Promise<T> {
    if (signal.aborted) throw cancelled();
    const shared = this.underWay.get(key) ?? this.begin(key, work);
    shared.waiting++;
    const left = Promise.withResolvers<never>();
    const leave = (): void => left.reject(cancelled());
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([shared.result, left.promise]);
    } finally {
      signal.removeEventListener('abort', leave);
      if (--shared.waiting === 0) this.end(key, shared);
    }
  }

  private begin(key: string, work: (stop: AbortController) => Promise<T>): Shared<T> {
    const stop = new AbortController();
    const shared = { result: work(stop), stop, waiting: 0, isOver: false };
    this.underWay.set(key, shared);
    const over = (): void => {
      shared.isOver = true;
      this.end(key, shared);
    };
    // Each who waits hears of a failure by itself.
    shared.result.then(over, over);
    return shared;
  }

  private end(key: string, shared: Shared<T>): void {
    if (!shared.isOver) shared.stop.abort(cancelledByAll);
    if (this.underWay.get(key) === shared) this.underWay.delete(key);
  }
}
