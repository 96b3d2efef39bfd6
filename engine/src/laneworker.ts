/** The lane's thread: its pools of sessions, and the queries open on them, each pulled block by block. */
import { parentPort, workerData } from 'node:worker_threads';
import { openSession } from './database.ts';
import { type Block, execute, type SessionPool } from './execute.ts';
import { failure, failureOf } from './failure.ts';
import type { FromLane, LaneOptions, LanePool, ToLane } from './lane.ts';
import { createPool } from './sessions.ts';

const options = workerData as LaneOptions | undefined;
if (options && parentPort) serve(options, parentPort);

interface OpenQuery {
  readonly blocks: AsyncGenerator<Block>;
  readonly stop: AbortController;
}

function serve(options: LaneOptions, port: NonNullable<typeof parentPort>): void {
  const pools = { readers: poolOf(options, 'readers'), streams: poolOf(options, 'streams') };
  const queries = new Map<number, OpenQuery>();
  const reply = (message: FromLane, given: ArrayBuffer[] = []) => port.postMessage(message, given);

  async function pull(id: number, query: OpenQuery): Promise<void> {
    try {
      const { done, value } = await query.blocks.next();
      if (!done) return reply({ kind: 'block', id, block: value }, bytesOf(value));
      queries.delete(id);
      reply({ kind: 'end', id });
    } catch (thrown) {
      queries.delete(id);
      const error = failureOf(thrown);
      reply({ kind: 'failed', id, number: error.number, message: error.message });
    }
  }

  port.on('message', (message: ToLane) => {
    if (message.kind === 'close') {
      for (const { pool } of Object.values(pools)) pool.close();
      port.close();
      return;
    }
    const { id } = message;
    if (message.kind === 'open') {
      const stop = new AbortController();
      queries.set(id, { stop, blocks: execute(pools[message.pool], message.order, stop.signal) });
    }
    const query = queries.get(id);
    if (query && message.kind === 'next') void pull(id, query);
    if (query && message.kind === 'stop') {
      query.stop.abort(failure('QUERY_WAS_CANCELLED', 'Query was cancelled'));
      // A fetch that is under way ends first (the main thread has it killed); its error was for a reader who has left.
      void query.blocks.return(undefined).catch(() => queries.delete(id));
    }
  });
}

/** What goes over without a copy: a block that has its memory to itself, as chDB's have. */
function bytesOf({ bytes }: Block): ArrayBuffer[] {
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer && bytes.length === buffer.byteLength ? [buffer] : [];
}

function poolOf(options: LaneOptions, name: LanePool): SessionPool {
  const { sessions, baseline } = options.pools[name];
  const open = () => openSession({ path: options.path, database: options.database, settings: baseline });
  return { pool: createPool(name, open, { sessions }), baseline, database: options.database };
}
