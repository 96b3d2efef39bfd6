/** The command line as its user runs it: a process with arguments and an environment, and what it printed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const direct = fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url));
const launcher = fileURLToPath(new URL('../../tools/launch.mjs', import.meta.url));

const installed = fileURLToPath(new URL('../../node_modules/.package-lock.json', import.meta.url));
const lock = fileURLToPath(new URL('../../package-lock.json', import.meta.url));

/** Otherwise the launcher would install packages first, from under the tests that run. */
export const isInstalled = existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs;
if (!isInstalled)
  console.warn('npx farol is not tested: package-lock.json is newer than what is installed; run npm ci');

/** English, unless the environment given says otherwise. */
type Env = Readonly<Record<string, string>>;

export const farol = (args: readonly string[], env: Env = {}): Promise<Said> => finished(direct, args, env);

/** By way of `npx farol`. */
export function npxFarol(args: readonly string[], env: Env = {}): Promise<Said> {
  if (!isInstalled) throw new Error('npx farol would install packages; run npm ci first');
  return finished(launcher, args, env);
}

async function finished(script: string, args: readonly string[], env: Env): Promise<Said> {
  const { child, said } = started(script, args, env);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...said };
}

export interface Running {
  /** What it has printed so far. */
  readonly said: { readonly out: string; readonly err: string };
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

export function startFarol(args: readonly string[], env: Env = {}): Running {
  const { child, said } = started(direct, args, env);
  const closed = once(child, 'close') as Promise<[number | null]>;
  return {
    said,
    async stop(signal) {
      child.kill(signal);
      return (await closed)[0];
    },
  };
}

function started(script: string, args: readonly string[], env: Env) {
  const { FAROL_URL: _, FAROL_TENANT: __, LC_ALL: ___, LC_MESSAGES: ____, ...inherited } = process.env;
  const child: ChildProcess = spawn(process.execPath, [script, ...args], {
    env: { ...inherited, LANG: 'C.UTF-8', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  return { child, said };
}
