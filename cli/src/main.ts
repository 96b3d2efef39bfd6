/**
 * `farol query` and `farol tail`: questions to a running Farol from the command line, over the same HTTP APIs that
 * Grafana uses. Refuses to know how an answer is found. Errors go to stderr in one sentence; the exit code is 1 for a
 * question that failed, 2 for a command line that cannot be read, and 130 when the reader left with Ctrl-C.
 */
import { Mistake, readCommand } from './command.ts';
import { Failed } from './http.ts';
import { query } from './query.ts';
import { inert } from './table.ts';
import { tail } from './tail.ts';
import { words } from './words.ts';

const left = new AbortController();
process.on('SIGINT', () => left.abort());
// The reader of a pipe may leave before us (`farol tail … | head`).
process.stdout.on('error', () => process.exit(0));

// CSV is exact for whoever reads it from a pipe; on a terminal nothing that a sender wrote is obeyed.
const print = (text: string) => void process.stdout.write(process.stdout.isTTY ? inert(text) : text);
const say = (text: string) => void process.stderr.write(`farol: ${inert(text)}\n`);

try {
  const command = readCommand(process.argv.slice(2), process.env);
  const about = { nowMs: Date.now(), print, say, signal: left.signal };
  if (command.kind === 'help') print(`${words.usage}\n`);
  else if (command.kind === 'query') await query(command, about);
  else await tail(command, about);
} catch (error) {
  if (!left.signal.aborted) {
    if (!(error instanceof Mistake || error instanceof Failed)) throw error;
    say(error.message);
    process.exitCode = error instanceof Mistake ? 2 : 1;
  }
}
if (left.signal.aborted) process.exitCode = 130;
