import { setFlagsFromString } from 'node:v8';
import { Refusal } from '#model';
import { log } from './log.ts';

export interface Program {
  readonly usage: string;
  readonly version: string;
  readonly start: (args: readonly string[]) => Promise<AsyncDisposable>;
}

/**
 * Starts a program and stops it in order on SIGINT or SIGTERM; a second signal ends it at once. A Refusal at the start
 * is the user's to mend: its words, and exit code 1. `--help` and `--version` are answered here.
 */
export async function runUntilSignal(args: readonly string[], program: Program): Promise<void> {
  // Functions are compiled plainly at their first call, not after hundreds: what a fresh process is asked first takes a
  // fifth less time.
  setFlagsFromString('--always-sparkplug');
  if (args.includes('--help') || args.includes('-h')) return void process.stdout.write(`${program.usage}\n`);
  if (args.includes('--version')) return void process.stdout.write(`${program.version}\n`);
  try {
    stopOnSignal(await program.start(args));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    log.fatal({ code: error.code }, error.message);
    process.exit(1);
  }
}

function stopOnSignal(running: AsyncDisposable): void {
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      log.info({ signal }, 'stopping');
      // What is still to be written waits on timers and idle connections, none of which keeps a process alive.
      setInterval(() => undefined, 60_000);
      running[Symbol.asyncDispose]().then(
        () => process.exit(0),
        (error) => {
          log.fatal({ err: error }, 'could not stop in order');
          process.exit(1);
        },
      );
    });
  }
}
