/** Who holds a data directory: a note for people and for the next start. The lock itself is chDB's. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Holder {
  /** The engine's process. */
  readonly pid: number;
  /** The server's process. */
  readonly serverPid: number;
}

const pathIn = (dataDir: string) => join(dataDir, 'engine', 'engine.pid');

export function takePidFile(dataDir: string): void {
  const holder: Holder = { pid: process.pid, serverPid: process.ppid };
  writeFileSync(pathIn(dataDir), `${JSON.stringify(holder)}\n`, { mode: 0o600 });
}

/** The last one that took the directory and is still alive, as far as its process number tells. */
export function holderOf(dataDir: string): Holder | undefined {
  try {
    const { pid, serverPid } = JSON.parse(readFileSync(pathIn(dataDir), 'utf8')) as Holder;
    return isAlive(pid) ? { pid, serverPid } : undefined;
  } catch {
    // No file, or one cut short by a crash: nobody is known.
    return undefined;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
