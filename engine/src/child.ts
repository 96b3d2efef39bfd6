/**
 * The engine's process: chDB behind a Unix socket. Told what to do by its one argument (JSON), it reports over IPC, and
 * lives exactly as long as its parent: when the channel closes, it stops at once, so that nobody else holds the data.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, type DatabaseOptions, openDatabase } from './database.ts';
import { failureOf } from './failure.ts';
import { createEngineServer } from './http.ts';
import { loadTrim, trimNowAndThen } from './memory.ts';
import type { FromChild, ToChild } from './messages.ts';
import { takePidFile } from './pidfile.ts';

export interface ChildOptions extends DatabaseOptions {
  readonly socketPath: string;
}

// What is durable stays so, and what is not was not acknowledged: nothing is gained by a slower end.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// The terminal's Ctrl-C reaches the whole group; the parent decides when its engine ends.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

// Without an argument it only loads its code, so that Node's code cache knows it (see supervisor.ts).
if (process.argv[2] !== undefined) {
  await start(JSON.parse(process.argv[2]) as ChildOptions).catch((thrown: unknown) => {
    const error = failureOf(thrown);
    tell({ kind: 'failed', code: error.number, message: error.message });
  });
}

async function start(options: ChildOptions): Promise<void> {
  const spoolDir = join(options.dataDir, 'engine', 'spool');
  const database = await openDatabase(options);
  takePidFile(options.dataDir);
  clear(spoolDir);
  const server = createEngineServer({ database, spoolDir });
  rmSync(options.socketPath, { force: true });
  server.listen(options.socketPath, () => {
    tell({ kind: 'ready', version: database.version, detachedParts: database.detachedParts });
  });
  const trim = await loadTrim();
  if (trim) trimNowAndThen(trim, 30_000);
  process.on('message', (message: ToChild) => {
    if (message.kind === 'close') void close(server, database, message.graceMs);
  });
}

function clear(dir: string): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(dir)) rmSync(join(dir, name), { force: true, recursive: true });
}

/** New connections are refused, requests in flight get `graceMs`; then chDB is closed, or left to die with the process. */
async function close(
  server: ReturnType<typeof createEngineServer>,
  database: Database,
  graceMs: number,
): Promise<void> {
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, graceMs))]);
  clearInterval(idle);
  server.closeAllConnections();
  if (!database.busy()) await database.close();
  tell({ kind: 'closed' });
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), 20);
}

function tell(message: FromChild): void {
  process.send?.(message);
}
