/**
 * `npm run demo`: Farol, and the appointments system sending to it. Prints the URL when there is something to see;
 * Ctrl-C stops all of it. Takes `npm start`'s flags.
 */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startAppointments } from '../examples/appointments/run.ts';
import { readable } from '../server/src/kit/readable.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const startedMs = Date.now();

interface Listening {
  readonly url: string;
  readonly otlpHttp: string;
}

const farol = spawn(process.execPath, [join(root, 'server/src/main.ts'), ...process.argv.slice(2)], {
  stdio: ['ignore', 'inherit', 'pipe'],
});
let example: Awaited<ReturnType<typeof startAppointments>> | undefined;
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0));
farol.on('exit', (code) => void stop(code ?? 1));

const { url, otlpHttp } = await listening();
say(`Farol is up at ${url}. Starting the appointments system …`);
example = await startAppointments({ otlpEndpoint: otlpHttp, log: say });
await dataArrived(url);
say(`\n  Something to see after ${Math.round((Date.now() - startedMs) / 1000)} s:  ${url}\n`);
say('  Faults come and go by themselves, the first within two minutes. Ctrl-C stops everything.');

/**
 * Farol's log lines pass through to stderr when they matter, as Farol itself would show them; the one that says where it
 * listens is what we wait for.
 */
function listening(): Promise<Listening> {
  return new Promise((resolve) => {
    createInterface({ input: farol.stderr }).on('line', (line) => {
      const record = parse(line);
      if (record?.msg === 'listening') resolve(record as unknown as Listening);
      if (record === undefined) say(line);
      else if (Number(record.level) >= 40) process.stderr.write(process.stderr.isTTY ? readable(line) : `${line}\n`);
    });
  });
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** There is something to see when a service other than Farol itself has traffic. */
async function dataArrived(farolUrl: string): Promise<void> {
  for (;;) {
    const end = Date.now();
    const answer = await fetch(`${farolUrl}/api/services?start=${end - 300_000}&end=${end}`).catch(() => undefined);
    const services = answer?.ok
      ? ((await answer.json()) as { services: { name: string; ratePerSecond: number | null }[] }).services
      : [];
    if (services.some(({ name, ratePerSecond }) => name !== 'farol' && (ratePerSecond ?? 0) > 0)) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function stop(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  say('Stopping …');
  await example?.stop();
  if (farol.exitCode === null) {
    farol.kill('SIGTERM');
    await new Promise((resolve) => farol.once('exit', resolve));
  }
  process.exit(code);
}

function say(words: string): void {
  process.stderr.write(`${words}\n`);
}
