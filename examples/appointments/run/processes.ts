/** Starts one of the example's processes, waits for its word that it listens, and stops it again. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { exampleDir } from './build.ts';

const startMsMax = 30_000;
const stopMsMax = 10_000;
const lastLinesMax = 20;

export interface ProcessPlan {
  readonly name: string;
  /** A file of `dist`. */
  readonly script: string;
  readonly instrumented: boolean;
  readonly heapMegabytesMax: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly onMessage?: (message: unknown) => void;
  /** Called when it ends without having been told to. */
  readonly onDeath: (reason: string) => void;
}

export interface Running {
  readonly pid: number;
  /** Its first message: where it listens. */
  readonly ready: { readonly port: number; readonly gatewayPort?: number };
  send(message: object): void;
  stop(): Promise<void>;
}

export async function startProcess(plan: ProcessPlan): Promise<Running> {
  const { child, lastLines } = spawnOf(plan);
  const ready = await readinessOf(child, plan.name).catch((error: Error) => {
    child.kill('SIGKILL');
    throw new Error(`${error.message}${lastLines()}`, { cause: error });
  });
  let told = false;
  child.on('exit', (code, signal) => {
    if (!told) plan.onDeath(`${plan.name} ended by itself (${signal ?? code})${lastLines()}`);
  });
  if (plan.onMessage) child.on('message', plan.onMessage);
  return {
    pid: child.pid ?? 0,
    ready,
    send: (message) => child.connected && child.send(message),
    stop() {
      told = true;
      return end(child);
    },
  };
}

function spawnOf({ script, instrumented, heapMegabytesMax, environment }: ProcessPlan) {
  const dist = join(exampleDir, 'dist');
  const child = fork(join(dist, script), {
    cwd: exampleDir,
    env: { ...process.env, ...environment },
    execArgv: [
      '--enable-source-maps',
      `--max-old-space-size=${heapMegabytesMax}`,
      '--max-semi-space-size=2',
      ...(instrumented ? ['--import', `${join(dist, 'telemetry', 'start.js')}`] : []),
    ],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Ctrl-C is for the starter, who stops them in order.
    detached: true,
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      lines.push(...text.split('\n').filter(Boolean));
      lines.splice(0, lines.length - lastLinesMax);
    });
  }
  return { child, lastLines: () => (lines.length ? `; its last words:\n${lines.join('\n')}` : '') };
}

async function readinessOf(child: ChildProcess, name: string): Promise<Running['ready']> {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), startMsMax);
  child.once('exit', () => giveUp.abort());
  try {
    const [message] = await once(child, 'message', { signal: giveUp.signal });
    return message as Running['ready'];
  } catch (cause) {
    throw new Error(`${name} did not start within ${startMsMax / 1000} s, or ended while starting`, { cause });
  } finally {
    clearTimeout(timer);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopMsMax);
  child.kill('SIGTERM');
  await ended;
  clearTimeout(timer);
}
