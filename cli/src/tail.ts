/**
 * New log lines as they arrive, over Loki's WebSocket, until the reader leaves. A connection that ends is opened again
 * from a little before the last line, and what was printed before is not printed again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { lineCells, lineHead, logLine } from './answer.ts';
import type { TailCommand } from './command.ts';
import { Failed, getJson, type Terminal } from './http.ts';
import { csv, csvRow, inertJson } from './table.ts';
import { nanoseconds } from './times.ts';
import { words } from './words.ts';

interface Frame {
  readonly streams?: readonly { stream: Record<string, string>; values: readonly [ns: string, line: string][] }[];
  readonly dropped_entries?: readonly unknown[] | null;
}

interface Answer {
  readonly data: { readonly resultType: string };
}

interface Entry {
  readonly stream: Readonly<Record<string, string>>;
  readonly ns: string;
  readonly line: string;
}

/** Lines of different senders come out of order by so much. */
const overlapNs = 10_000_000_000n;
const linesAgain = 5000;
const waitsMs = [500, 1000, 2000, 4000, 8000, 8000, 8000, 8000, 8000, 8000];

/** Resolves when the reader leaves; throws when there is no connection to be had for a minute. */
export async function tail(command: TailCommand, terminal: Terminal): Promise<void> {
  const { server, question, limit, output } = command;
  const { nowMs, print, say, signal } = terminal;
  // A WebSocket tells nothing of why it was refused; this does.
  const { data } = await getJson<Answer>(command, '/loki/api/v1/query_range', { query: question, limit: '1' }, signal);
  if (data.resultType !== 'streams') throw new Failed(words.tailOfNumbers);
  if (output === 'csv') print(csv(lineHead, []));
  const printed = new Printed();
  const onEntry = (entry: Entry): void => {
    if (printed.isNew(entry)) print(shown(entry, output));
  };
  let params = { limit: String(limit), ...(command.sinceMs && { start: nanoseconds(nowMs - command.sinceMs) }) };
  let failures = 0;
  let everOpened = false;
  while (!signal.aborted) {
    const { opened, why } = await follow(command, params, { onEntry, say, signal });
    if (signal.aborted) return;
    if (opened) failures = 0;
    else if (!everOpened) throw new Failed(words.tailRefused(server));
    everOpened ||= opened;
    const waitMs = waitsMs[failures++];
    if (waitMs === undefined) throw new Failed(words.ended(why));
    if (failures === 1) say(words.again(why));
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    params = { limit: String(linesAgain), start: String(printed.resume(BigInt(nowMs) * 1_000_000n)) };
  }
}

interface Listener extends Pick<Terminal, 'say' | 'signal'> {
  readonly onEntry: (entry: Entry) => void;
}

/** One connection, from its begin to its end. */
async function follow(
  { server, tenant, question }: TailCommand,
  params: Readonly<Record<string, string>>,
  { onEntry, say, signal }: Listener,
): Promise<{ opened: boolean; why: string }> {
  const url = `${server.replace(/^http/, 'ws')}/loki/api/v1/tail?${new URLSearchParams({ query: question, ...params })}`;
  // Node's WebSocket takes headers, which the browser's type does not know.
  const socket = new WebSocket(url, { headers: { 'x-scope-orgid': tenant } } as never);
  const { promise, resolve } = Promise.withResolvers<string>();
  let opened = false;
  socket.onopen = () => {
    opened = true;
  };
  socket.onmessage = ({ data }) => {
    const { streams = [], dropped_entries: dropped } = JSON.parse(String(data)) as Frame;
    if (dropped && dropped.length > 0) say(words.dropped(dropped.length));
    for (const { stream, values } of streams) for (const [ns, line] of values) onEntry({ stream, ns, line });
  };
  socket.onerror = () => resolve('');
  socket.onclose = ({ reason }) => resolve(reason);
  const leave = (): void => socket.close();
  signal.addEventListener('abort', leave, { once: true });
  try {
    return { why: await promise, opened };
  } finally {
    signal.removeEventListener('abort', leave);
    socket.close();
  }
}

/** The last lines that were printed: those of them that a new connection sends again are not new. */
class Printed {
  newestNs = 0n;
  private readonly last: string[] = [];
  private again = new Map<string, number>();

  isNew({ stream, ns, line }: Entry): boolean {
    const key = JSON.stringify([ns, line, stream]);
    const repeats = this.again.get(key) ?? 0;
    if (repeats > 0) {
      this.again.set(key, repeats - 1);
      return false;
    }
    if (BigInt(ns) > this.newestNs) this.newestNs = BigInt(ns);
    this.last.push(key);
    if (this.last.length > 2 * linesAgain) this.last.splice(0, linesAgain);
    return true;
  }

  /** Since when the next connection is to send; what it repeats of the lines here is known. */
  resume(fallbackNs: bigint): bigint {
    this.again = new Map();
    for (const key of this.last) this.again.set(key, (this.again.get(key) ?? 0) + 1);
    return this.newestNs === 0n ? fallbackNs : this.newestNs - overlapNs;
  }
}

function shown({ stream, ns, line }: Entry, output: TailCommand['output']): string {
  if (output === 'json') return `${inertJson({ ns, line, stream })}\n`;
  return output === 'csv' ? csvRow(lineCells(stream, ns, line)) : logLine(stream, ns, line);
}
