/** New log lines as they arrive, over Loki's WebSocket, until the server ends it or the reader leaves. */
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

/** Resolves when the reader leaves; throws when the server ends it. */
export async function tail(command: TailCommand, { nowMs, print, say, signal }: Terminal): Promise<void> {
  const { server, tenant, question, limit, output } = command;
  // A WebSocket tells nothing of why it was refused; this does.
  await getJson(command, '/loki/api/v1/query_range', { query: question, limit: '1' }, signal);
  const params = new URLSearchParams({ query: question, limit: String(limit) });
  if (command.sinceMs !== undefined) params.set('start', nanoseconds(nowMs - command.sinceMs));
  const { promise: ended, resolve: end, reject: fail } = Promise.withResolvers<void>();
  const headers = { 'x-scope-orgid': tenant };
  // Node's WebSocket takes headers, which the browser's type does not know.
  const socket = new WebSocket(`${server.replace(/^http/, 'ws')}/loki/api/v1/tail?${params}`, { headers } as never);
  if (output === 'csv') print(csv(lineHead, []));
  socket.onmessage = ({ data }) => {
    const { streams = [], dropped_entries: dropped } = JSON.parse(String(data)) as Frame;
    if (dropped && dropped.length > 0) say(words.dropped(dropped.length));
    for (const { stream, values } of streams)
      for (const [ns, line] of values) print(shown({ stream, ns, line }, output));
  };
  socket.onerror = () => fail(new Failed(words.tailRefused(server)));
  socket.onclose = ({ reason }) => fail(new Failed(words.ended(reason)));
  signal.addEventListener('abort', () => {
    end();
    socket.close();
  });
  await ended;
}

interface Entry {
  readonly stream: Readonly<Record<string, string>>;
  readonly ns: string;
  readonly line: string;
}

function shown({ stream, ns, line }: Entry, output: TailCommand['output']): string {
  if (output === 'json') return `${inertJson({ ns, line, stream })}\n`;
  return output === 'csv' ? csvRow(lineCells(stream, ns, line)) : logLine(stream, ns, line);
}
