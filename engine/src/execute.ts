/** One statement on one session of a pool: set up, run, undone. Works the same in the main thread and in the lane's. */
import type { Session } from 'chdb';
import { failureOf } from './failure.ts';
import type { Pool } from './sessions.ts';
import { type SessionSettings, setStatement } from './settings.ts';

export interface Order {
  readonly text: string;
  readonly format: string;
  /** `blocks` hands the answer over block by block as it is made; `whole` in one piece. */
  readonly delivery: 'blocks' | 'whole';
  /** Put on before and off after; none for a reader. */
  readonly settings: SessionSettings;
  /** Used instead of the engine's own, by a writer. */
  readonly database?: string;
}

export interface Block {
  readonly bytes: Uint8Array;
  readonly rows: number;
}

/** What the sessions of a pool look like between two statements. */
export interface SessionPool {
  readonly pool: Pool;
  readonly baseline: SessionSettings;
  readonly database: string;
}

/**
 * Yields at least one block (perhaps an empty one) unless it throws a QueryFailure, or the signal's reason while it still
 * waits for a session. The session goes back when chDB is done with it.
 */
export async function* execute(on: SessionPool, order: Order, signal: AbortSignal): AsyncGenerator<Block> {
  const session = await on.pool.take(signal);
  let ended = false;
  try {
    await prepare(on, session, order);
    if (order.delivery === 'blocks') yield* blocksOf(session, order);
    else yield await wholeOf(session, order);
    await restore(on, session, order);
    ended = true;
  } catch (thrown) {
    throw failureOf(thrown);
  } finally {
    // chDB keeps what a failed query had already written and puts it before the session's next answer (chdb 3.4.0), so
    // a session that did not come to a proper end is not used again.
    if (ended) on.pool.give(session);
    else on.pool.discard(session);
  }
}

async function prepare(on: SessionPool, session: Session, order: Order): Promise<void> {
  if (order.database && order.database !== on.database) await session.queryAsync(useStatement(order.database));
  if (Object.keys(order.settings).length > 0) await session.queryAsync(setStatement(order.settings));
}

async function restore(on: SessionPool, session: Session, order: Order): Promise<void> {
  const names = Object.keys(order.settings);
  if (names.length > 0) await session.queryAsync(`SET ${names.map((name) => `${name} = DEFAULT`).join(', ')}`);
  const base = Object.fromEntries(Object.entries(on.baseline).filter(([name]) => names.includes(name)));
  if (Object.keys(base).length > 0) await session.queryAsync(setStatement(base));
  if (order.database && order.database !== on.database) await session.queryAsync(useStatement(on.database));
}

async function wholeOf(session: Session, order: Order): Promise<Block> {
  const answer = await session.queryAsync(order.text, { format: order.format });
  return { bytes: answer.bytes(), rows: answer.rowsRead };
}

async function* blocksOf(session: Session, order: Order): AsyncGenerator<Block> {
  let any = false;
  for await (const chunk of session.queryStream(order.text, { format: order.format })) {
    any = true;
    yield { bytes: chunk.raw(), rows: chunk.numRows };
  }
  if (!any) yield { bytes: new Uint8Array(0), rows: 0 };
}

export function useStatement(database: string): string {
  return `USE \`${database.replace(/[`\\]/g, '\\$&')}\``;
}
