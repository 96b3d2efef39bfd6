/**
 * The thread in which SELECTs run. chDB plans a streamed query in the calling thread (subqueries and index analysis
 * included), which may take seconds; in its own lane that delays other SELECTs at worst, never an insert's acknowledgement.
 */
import { Worker } from 'node:worker_threads';
import type { Block, Order } from './execute.ts';
import { QueryFailure } from './failure.ts';
import type { SessionSettings } from './settings.ts';

/** `readers` are readonly for good; `streams` are writer sessions whose answers are handed over in blocks. */
export type LanePool = 'readers' | 'streams';

export interface LaneOptions {
  readonly path: string;
  readonly database: string;
  readonly pools: Readonly<Record<LanePool, { readonly sessions: number; readonly baseline: SessionSettings }>>;
}

export type ToLane =
  | { readonly kind: 'open'; readonly id: number; readonly pool: LanePool; readonly order: Order }
  | { readonly kind: 'next'; readonly id: number }
  | { readonly kind: 'stop'; readonly id: number }
  | { readonly kind: 'close' };

export type FromLane =
  | { readonly kind: 'block'; readonly id: number; readonly block: Block }
  | { readonly kind: 'end'; readonly id: number }
  | { readonly kind: 'failed'; readonly id: number; readonly number: number; readonly message: string };

export interface Lane {
  /** As execute.ts says; blocks are made as they are asked for. */
  execute(pool: LanePool, order: Order, signal: AbortSignal): AsyncGenerator<Block>;
  /** Resolves when the free sessions are closed and the thread has ended. */
  close(): Promise<void>;
  readonly busy: number;
}

export function openLane(options: LaneOptions): Lane {
  const worker = new Worker(new URL('./laneworker.ts', import.meta.url), {
    workerData: options,
    resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 8 },
  });
  const waiting = new Map<number, (reply: FromLane) => void>();
  const open = new Set<number>();
  let last = 0;
  const tell = (message: ToLane) => worker.postMessage(message);
  worker.on('message', (reply: FromLane) => waiting.get(reply.id)?.(reply));

  function next(id: number): Promise<FromLane> {
    return new Promise((resolve) => {
      waiting.set(id, resolve);
      tell({ kind: 'next', id });
    });
  }

  return {
    async *execute(pool, order, signal) {
      const id = ++last;
      const stop = () => tell({ kind: 'stop', id });
      open.add(id);
      tell({ kind: 'open', id, pool, order });
      signal.addEventListener('abort', stop, { once: true });
      try {
        for (let reply = await next(id); reply.kind !== 'end'; reply = await next(id)) {
          if (reply.kind === 'failed') throw new QueryFailure(reply.number, reply.message);
          yield reply.block;
        }
      } finally {
        signal.removeEventListener('abort', stop);
        stop();
        waiting.delete(id);
        open.delete(id);
      }
    },
    async close() {
      const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      tell({ kind: 'close' });
      await ended;
    },
    get busy() {
      return open.size;
    },
  };
}
