/** Log lines, and spans with the times of their traces. */
import type { SpanRow } from '#model';
import { LogShapeRows } from '../rows/log-shapes.ts';
import { type Arrival, LogRows } from '../rows/logs.ts';
import { SpanRows, TraceTimeRows } from '../rows/spans.ts';
import type { Table } from '../rows/table.ts';
import { Group } from './lane.ts';

export class LogGroup extends Group {
  readonly logs: LogRows;

  constructor(logs = new LogRows()) {
    super([logs.table]);
    this.logs = logs;
  }
}

export class LogShapeGroup extends Group {
  readonly shapes: LogShapeRows;

  constructor(shapes = new LogShapeRows()) {
    super([shapes.table]);
    this.shapes = shapes;
  }
}

export class SpanGroup extends Group {
  readonly spans: SpanRows;
  readonly times: TraceTimeRows;

  constructor(spans = new SpanRows(), times = new TraceTimeRows()) {
    super([spans.table, times.table]);
    this.spans = spans;
    this.times = times;
  }
}

export function fillSpans(group: SpanGroup, rows: readonly SpanRow[], tenant: string, arrival: Arrival): void {
  group.spans.push(rows, arrival);
  group.times.push(tenant, rows);
}

/** The times go first: a span whose trace has no time would never be found. */
export async function flushSpans(group: SpanGroup, insert: (table: Table) => Promise<void>): Promise<void> {
  await insert(group.times.table);
  await insert(group.spans.table);
}
