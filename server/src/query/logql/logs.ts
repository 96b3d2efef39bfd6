import type { LogExpr } from '@farol/logql';
import { type Labels, labelsKey, noLabels } from '#model';
import type { LogEntry, LogStream } from './answer.ts';
import { linesPerLook, type QueryContext } from './context.ts';
import type { EntryBatch } from './contract.ts';
import { storedLabelFilters } from './labelpushdown.ts';
import {
  compileStages,
  EntryLabelSets,
  everything,
  joinedLabels,
  LineState,
  type Step,
  StreamTable,
} from './pipeline/index.ts';
import { mayDrop, storedLineFilters } from './pushdown.ts';
import { templateContext } from './templatecontext.ts';

export interface LogWindow {
  /** startNs <= time < endNs. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly direction: 'forward' | 'backward';
  readonly limit: number;
  /** Leave out entries closer than this to the last one kept; 0 for none. */
  readonly intervalNs: bigint;
}

/** The first entries of a log query, in the window's direction. */
export async function answerLogs(expr: LogExpr, window: LogWindow, ctx: QueryContext): Promise<LogEntry[]> {
  const pipeline = new LogPipeline(expr, ctx);
  const kept: LogEntry[] = [];
  if (window.startNs >= window.endNs || window.limit <= 0) return kept;
  const spacing = spacingOf(window);
  const readsAll = mayDrop(expr) || window.intervalNs > 0n;
  const { tenant, pace, tally } = ctx;
  const batches = ctx.entries({
    tenant,
    matchers: expr.matchers,
    startNs: window.startNs,
    endNs: window.endNs,
    direction: window.direction,
    lineFilters: storedLineFilters(expr),
    labelFilters: storedLabelFilters(expr),
    limit: readsAll ? undefined : window.limit,
    signal: pace.signal,
  });
  for await (const batch of batches) {
    for (let i = 0; i < batch.count; i++) {
      if (i % linesPerLook === 0 && pace.isDue()) await pace.rest();
      tally.linesRead++;
      tally.bytesRead += batch.lines[i]?.length ?? 0;
      const entry = pipeline.run(batch, i);
      if (entry === undefined || !spacing(entry.timeNs)) continue;
      kept.push(entry);
      tally.linesKept++;
      if (kept.length >= window.limit) return kept;
    }
  }
  return kept;
}

/** Whether an entry is far enough from the last one that was. */
function spacingOf({ intervalNs, direction }: LogWindow): (timeNs: bigint) => boolean {
  let last: bigint | undefined;
  return (timeNs) => {
    const distance = last === undefined ? intervalNs : direction === 'forward' ? timeNs - last : last - timeNs;
    if (distance < intervalNs) return false;
    last = timeNs;
    return true;
  };
}

/** A log query's stages over batches of one reader. */
export class LogPipeline {
  private readonly step: Step;
  private readonly state = new LineState();
  private readonly streams = new StreamTable();
  private readonly labelSets = new EntryLabelSets();

  constructor({ stages }: LogExpr, ctx: Pick<QueryContext, 'limits' | 'clock'>) {
    this.step = compileStages(stages, { hints: everything, ...templateContext(ctx) });
  }

  /** Entry `index` of the batch as the query answers it; undefined when it is filtered out. */
  run(batch: EntryBatch, index: number): LogEntry | undefined {
    const { state } = this;
    const timeNs = batch.timesNs[index] ?? 0n;
    state.begin(batch.lines[index] ?? '', timeNs, this.streams.at(batch, index), batch.metadata[index] ?? noLabels);
    return this.step(state) ? { timeNs, line: state.line, labels: this.labelSets.of(state) } : undefined;
  }
}

/**
 * Entries by stream, streams sorted by labels, entries in the order they came. `categorized`: a stream is what its
 * stream labels say, and each entry keeps its metadata and parsed labels; else all labels together make the stream.
 */
export function groupEntries(entries: readonly LogEntry[], { categorized }: { categorized: boolean }): LogStream[] {
  const streams = new Map<string, { labels: Labels; entries: LogEntry[] }>();
  const byLabels = new Map<LogEntry['labels'], LogEntry[]>();
  for (const entry of entries) {
    let members = byLabels.get(entry.labels);
    if (members === undefined) {
      const labels = categorized ? entry.labels.stream : joinedLabels(entry.labels);
      const key = labelsKey(labels);
      const stream = streams.get(key) ?? { labels, entries: [] };
      streams.set(key, stream);
      members = stream.entries;
      byLabels.set(entry.labels, members);
    }
    members.push(entry);
  }
  const sorted = [...streams].map(([, stream]) => ({ text: stream.labels.join('\u0000'), stream }));
  return sorted.sort((a, b) => (a.text < b.text ? -1 : 1)).map(({ stream }) => stream);
}
