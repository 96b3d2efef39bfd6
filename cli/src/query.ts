/** One question, one answer, printed. */
import type { SqlAnswer } from '@farol/contract';
import { type Answer, printed, rows } from './answer.ts';
import type { QueryCommand } from './command.ts';
import { getJson, type Terminal } from './http.ts';
import { inertJson } from './table.ts';
import { nanoseconds, seconds, stepOf } from './times.ts';
import { traces } from './traces.ts';
import { words } from './words.ts';

const hourMs = 3_600_000;

export async function query(command: QueryCommand, terminal: Terminal): Promise<void> {
  if (command.language === 'promql') await metrics(command, terminal);
  else if (command.language === 'logql') await logs(command, terminal);
  else if (command.language === 'traceql') await traces(command, terminal);
  else await table(command, terminal);
}

async function metrics(command: QueryCommand, terminal: Terminal): Promise<void> {
  const endMs = command.atMs ?? terminal.nowMs;
  const { sinceMs, question } = command;
  if (sinceMs === undefined) {
    await answered(command, terminal, '/prometheus/api/v1/query', { query: question, time: seconds(endMs) });
  } else {
    const step = seconds(stepOf(command, sinceMs));
    const params = { query: question, start: seconds(endMs - sinceMs), end: seconds(endMs), step };
    await answered(command, terminal, '/prometheus/api/v1/query_range', params);
  }
}

async function logs(command: QueryCommand, terminal: Terminal): Promise<void> {
  const endMs = command.atMs ?? terminal.nowMs;
  const sinceMs = command.sinceMs ?? hourMs;
  await answered(command, terminal, '/loki/api/v1/query_range', {
    query: command.question,
    start: nanoseconds(endMs - sinceMs),
    end: nanoseconds(endMs),
    step: seconds(stepOf(command, sinceMs)),
    limit: String(command.limit),
  });
}

async function answered(
  command: QueryCommand,
  { print, say, signal }: Terminal,
  path: string,
  params: Readonly<Record<string, string>>,
): Promise<void> {
  const answer = await getJson<Answer>(command, path, params, signal);
  print(printed(answer, command.output));
  for (const note of [...(answer.warnings ?? []), ...(answer.infos ?? [])]) say(note);
}

async function table(command: QueryCommand, { print, say, signal }: Terminal): Promise<void> {
  const params = { query: command.question, limit: String(command.limit) };
  const found = await getJson<SqlAnswer>(command, '/api/sql', params, signal);
  const cells = found.rows.map((row) => row.map((cell) => (typeof cell === 'string' ? cell : JSON.stringify(cell))));
  const head = found.columns.map(({ name }) => name);
  print(command.output === 'json' ? `${inertJson(found)}\n` : rows(head, cells, command.output));
  if (found.more) say(words.moreRows(command.limit));
}
