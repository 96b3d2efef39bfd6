/** The programs that people run beside Prometheus, as Debian packages them, started on free ports of this machine. */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Whether the program is installed; says so loudly when it is not, since its tests are then skipped. */
export function isInstalled(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn(`${program} is not installed here: its tests are skipped`);
    return false;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

export interface Folder extends Disposable {
  readonly path: string;
  /** Writes a file and returns its path. */
  file(name: string, text: string): string;
}

export function freshFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'farol-clients-'));
  return {
    path,
    file(name, text) {
      const at = join(path, name);
      writeFileSync(at, text);
      return at;
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }),
  };
}

export interface Running extends AsyncDisposable {
  output(): string;
}

/** Runs until disposed. */
export function run(program: string, flags: readonly string[]): Running {
  const child = spawn(program, flags, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  return {
    output: () => said,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(killer);
    },
  };
}

/** What the program printed; throws when it fails. */
export async function outputOf(program: string, flags: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, flags, { timeout: 30_000 });
  return stdout;
}
