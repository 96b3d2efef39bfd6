/** Who holds a data directory: a note for people and for the next start. The lock itself is chDB's. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
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
  // Renamed into place, so that nobody ever reads half of it.
  const draft = `${pathIn(dataDir)}.draft`;
  writeFileSync(draft, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  renameSync(draft, pathIn(dataDir));
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
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !isZombie(pid);
}

/** Dead, holding nothing, but not yet collected by its parent; in containers nobody may ever do so. */
function isZombie(pid: number): boolean {
  try {
    return /^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // No /proc here, or the process has just gone, which the next look will tell.
    return false;
  }
}
