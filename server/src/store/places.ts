/**
 * The store reads for a few at once. One place is kept for the rules, and who has the fewest is served next: whoever
 * asks much waits for themselves.
 */
import { type Asker, currentAsker } from '#kit';

export interface Places {
  /** Resolves to the function that gives the place back; it may be called once or many times. */
  take(signal: AbortSignal): Promise<() => void>;
}

interface Waiting {
  readonly asker: Asker;
  readonly enter: () => void;
}

export function createPlaces(count: number): Places {
  const taken = new Map<Asker, number>();
  const waiting = new Set<Waiting>();
  let free = count;

  const mayEnter = (asker: Asker): boolean => free > (asker === 'rules' ? 0 : 1);
  const takenBy = (asker: Asker): number => (asker === 'rules' ? -1 : (taken.get(asker) ?? 0));

  function enter(asker: Asker): () => void {
    free--;
    taken.set(asker, (taken.get(asker) ?? 0) + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      free++;
      taken.set(asker, (taken.get(asker) ?? 1) - 1);
      callNext();
    };
  }

  function callNext(): void {
    let next: Waiting | undefined;
    for (const one of waiting)
      if (mayEnter(one.asker) && (next === undefined || takenBy(one.asker) < takenBy(next.asker))) next = one;
    if (next === undefined) return;
    waiting.delete(next);
    next.enter();
  }

  return {
    async take(signal) {
      signal.throwIfAborted();
      const asker = currentAsker();
      if (mayEnter(asker)) return enter(asker);
      return new Promise((resolve, reject) => {
        const leave = () => {
          waiting.delete(one);
          reject(signal.reason);
        };
        const one: Waiting = {
          asker,
          enter() {
            signal.removeEventListener('abort', leave);
            resolve(enter(asker));
          },
        };
        waiting.add(one);
        signal.addEventListener('abort', leave, { once: true });
      });
    },
  };
}
