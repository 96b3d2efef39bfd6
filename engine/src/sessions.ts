/**
 * Pools of chDB sessions. A session runs one query at a time, so a pool is how many run side by side; who finds none free
 * waits in a bounded queue. A session is given back only when chDB has let go of it, whatever became of the client.
 */
import type { Session } from 'chdb';
import { failure } from './failure.ts';

export interface PoolLimits {
  readonly sessions: number;
  readonly waitersMax?: number;
  readonly waitMsMax?: number;
}

export interface Pool {
  /** A free session, first come first served. Throws TOO_MANY_SIMULTANEOUS_QUERIES, or the signal's reason. */
  take(signal: AbortSignal): Promise<Session>;
  give(session: Session): void;
  /** Instead of `give`, for a session that is not to be used again: closed, and replaced when one is needed. */
  discard(session: Session): void;
  /** Closes the free sessions; those in use are closed when given back. */
  close(): void;
  readonly busy: number;
}

interface Waiter {
  readonly start: (session: Session) => void;
}

export function createPool(name: string, open: () => Session, limits: PoolLimits): Pool {
  const { sessions, waitersMax = 256, waitMsMax = 60_000 } = limits;
  const free: Session[] = [];
  const waiters = new Set<Waiter>();
  let opened = 0;
  let closed = false;

  function wait(signal: AbortSignal): Promise<Session> {
    if (waiters.size >= waitersMax) throw tooMany(name, `${waitersMax} are waiting already`);
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        waiters.delete(waiter);
      };
      const waiter: Waiter = {
        start(session) {
          leave();
          resolve(session);
        },
      };
      const abort = () => {
        leave();
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        leave();
        reject(tooMany(name, `none of ${sessions} sessions became free within ${waitMsMax} ms`));
      }, waitMsMax);
      signal.addEventListener('abort', abort, { once: true });
      waiters.add(waiter);
    });
  }

  return {
    async take(signal) {
      signal.throwIfAborted();
      const session = free.pop();
      if (session) return session;
      if (opened >= sessions) return wait(signal);
      const fresh = open();
      opened++;
      return fresh;
    },
    discard(session) {
      session.close();
      opened--;
      const [next] = waiters;
      if (!next || closed) return;
      opened++;
      next.start(open());
    },
    give(session) {
      const [next] = waiters;
      if (closed) session.close();
      else if (next) next.start(session);
      else free.push(session);
    },
    close() {
      closed = true;
      for (const session of free.splice(0)) session.close();
    },
    get busy() {
      return opened - free.length;
    },
  };
}

function tooMany(pool: string, why: string): Error {
  return failure('TOO_MANY_SIMULTANEOUS_QUERIES', `Too many simultaneous ${pool} queries: ${why}; retry later`);
}
