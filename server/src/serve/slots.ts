/** How many queries run side by side. A query that finds no slot waits for one, and is refused past the wait. */
import type { Clock } from '#kit';
import { Refusal } from '#model';

export interface Slots {
  /** Resolves to the function that gives the slot back; it may be called once or many times. */
  take(signal: AbortSignal): Promise<() => void>;
}

export interface SlotsDeps {
  readonly concurrencyMax: number;
  readonly queueMsMax: number;
  /** The limit that `concurrencyMax` is; `concurrencyMax` when absent. */
  readonly limit?: string;
  readonly clock: Clock;
}

/** As many may wait as could run ten times over: past that, waiting would only turn into timeouts. */
const waitingPerSlot = 10;

export function createSlots({ concurrencyMax, queueMsMax, limit = 'concurrencyMax', clock }: SlotsDeps): Slots {
  const busy = (): Refusal =>
    new Refusal(
      `${concurrencyMax} queries are running already (query.${limit}) and none ended within ${queueMsMax} ms ` +
        '(query.queueMsMax); ask again shortly, or ask fewer at once',
      { code: 'TOO_MANY_REQUESTS', retryAfterSeconds: 1 },
    );
  const waiting = new Set<() => void>();
  let taken = 0;

  function release(): void {
    const next = waiting.values().next();
    if (next.done) taken--;
    else {
      // The slot passes from hand to hand, so `taken` stays.
      waiting.delete(next.value);
      next.value();
    }
  }

  function giveBackOnce(): () => void {
    let held = true;
    return () => {
      if (held) release();
      held = false;
    };
  }

  async function waitForSlot(signal: AbortSignal): Promise<void> {
    const done = new AbortController();
    const ended = AbortSignal.any([signal, done.signal]);
    let grant = (): void => {};
    const granted = new Promise<'granted'>((resolve) => {
      grant = () => resolve('granted');
    });
    waiting.add(grant);
    try {
      const late = clock.sleep(queueMsMax, ended).then(() => 'late' as const);
      if ((await Promise.race([granted, late])) === 'late' && waiting.has(grant)) throw busy();
    } catch (error) {
      // Granted in the same turn as the client left: the slot goes on to the next.
      if (!waiting.delete(grant)) release();
      throw error;
    } finally {
      done.abort();
    }
  }

  return {
    async take(signal) {
      signal.throwIfAborted();
      if (taken < concurrencyMax) taken++;
      else if (waiting.size >= concurrencyMax * waitingPerSlot) throw busy();
      else await waitForSlot(signal);
      return giveBackOnce();
    },
  };
}
