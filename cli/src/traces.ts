/** A TraceQL question: traces as rows, series as PromQL's and LogQL's. */
import { parseQuery } from '@farol/traceql';
import { type Answer, printed, rows } from './answer.ts';
import type { QueryCommand } from './command.ts';
import { getJson, type Terminal } from './http.ts';
import { inertJson } from './table.ts';
import { seconds, stepOf, timeOf } from './times.ts';
import { words } from './words.ts';

const hourMs = 3_600_000;

interface TracesFound {
  readonly traces?: readonly {
    readonly traceID: string;
    readonly rootServiceName?: string;
    readonly rootTraceName?: string;
    readonly startTimeUnixNano: string;
    readonly durationMs?: number;
  }[];
  /** Why this is not everything. */
  readonly message?: string;
}

interface SeriesFound {
  readonly series?: readonly {
    readonly labels: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
    readonly samples: readonly { readonly timestampMs: string; readonly value: number | string }[];
  }[];
  readonly message?: string;
}

export async function traces(command: QueryCommand, { nowMs, print, say, signal }: Terminal): Promise<void> {
  const endMs = command.atMs ?? nowMs;
  const sinceMs = command.sinceMs ?? hourMs;
  const window = {
    q: command.question,
    start: String(Math.floor((endMs - sinceMs) / 1000)),
    end: String(Math.ceil(endMs / 1000)),
  };
  if (makesSeries(command.question)) {
    const params = { ...window, step: seconds(stepOf(command, sinceMs)) };
    const found = await getJson<SeriesFound>(command, '/tempo/api/metrics/query_range', params, signal);
    print(printed(matrixOf(found), command.output));
    if (found.message) say(found.message);
    return;
  }
  const params = { ...window, limit: String(command.limit) };
  const found = await getJson<TracesFound>(command, '/tempo/api/search', params, signal);
  const cells = (found.traces ?? []).map((trace) => [
    trace.traceID,
    timeOf(trace.startTimeUnixNano),
    `${trace.durationMs ?? 0} ms`,
    trace.rootServiceName ?? '',
    trace.rootTraceName ?? '',
  ]);
  const head = [words.trace, words.started, words.took, words.service, words.operation];
  print(command.output === 'json' ? `${inertJson(found)}\n` : rows(head, cells, command.output));
  if (found.message) say(found.message);
}

/** What is no TraceQL is for the server to say. */
function makesSeries(question: string): boolean {
  try {
    return ['metrics', 'math', 'scaled'].includes(parseQuery(question).body.kind);
  } catch {
    return false;
  }
}

function matrixOf({ series = [] }: SeriesFound): Answer {
  const result = series.map(({ labels, samples }) => ({
    metric: Object.fromEntries(labels.map(({ key, value }) => [key, String(Object.values(value)[0] ?? '')])),
    values: samples.map(({ timestampMs, value }) => [Number(timestampMs) / 1000, String(value)]),
  }));
  return { data: { resultType: 'matrix', result } };
}
