/** Log lines, and spans with the times of their traces. */
import type { LogRow, SpanRow } from '#model';
import { type Arrival, ContextBytes, logColumns, writeLog } from '../rows/logs.ts';
import { spanColumns, traceTimeColumns, traceTimesOf, writeSpan, writeTraceTime } from '../rows/spans.ts';
import { Group } from './lane.ts';
import { TableRows } from './table-rows.ts';

export class LogGroup extends Group {
  readonly logs: TableRows;
  readonly context = new ContextBytes();

  constructor() {
    const logs = new TableRows('logs', logColumns);
    super([logs]);
    this.logs = logs;
  }
}

export function fillLogs(group: LogGroup, rows: readonly LogRow[], arrival: Arrival): void {
  for (const row of rows) writeLog(group.logs.out, row, arrival, group.context);
  group.logs.rows += rows.length;
  group.context.forget();
}

export class SpanGroup extends Group {
  readonly spans: TableRows;
  readonly times: TableRows;
  readonly context = new ContextBytes();

  constructor() {
    const spans = new TableRows('spans', spanColumns);
    const times = new TableRows('trace_times', traceTimeColumns);
    super([spans, times]);
    this.spans = spans;
    this.times = times;
  }
}

export function fillSpans(group: SpanGroup, rows: readonly SpanRow[], tenant: string, arrival: Arrival): void {
  for (const row of rows) writeSpan(group.spans.out, row, arrival, group.context);
  group.spans.rows += rows.length;
  group.context.forget();
  const times = traceTimesOf(rows);
  for (const time of times) writeTraceTime(group.times.out, tenant, time);
  group.times.rows += times.length;
}

/** The times go first: a span whose trace has no time would never be found. */
export async function flushSpans(group: SpanGroup, insert: (rows: TableRows) => Promise<void>): Promise<void> {
  await insert(group.times);
  await insert(group.spans);
}
