import { type Grouping, parseByteSize, parseGoDuration, parseGoFloat, type RangeExpr, type Unwrap } from '@farol/logql';
import { type Labels, noLabels } from '#model';
import { linesPerLook, type MetricContext } from '../context.ts';
import type { EntryBatch } from '../contract.ts';
import { storedLabelFilters } from '../labelpushdown.ts';
import {
  compileStages,
  type Hints,
  hintsOf,
  LineState,
  labelFilter,
  labelsOfErrors,
  type Step,
  StreamTable,
} from '../pipeline/index.ts';
import { storedLineFilters, withoutIdleFormats } from '../pushdown.ts';
import { templateContext } from '../templatecontext.ts';
import { accumulatorFor } from './accumulators.ts';
import { countInStore } from './counted.ts';
import { newSeries, type StepSeries } from './series.ts';
import { PipelineError, SeriesTable } from './seriestable.ts';
import { Windows } from './windows.ts';

/** Evaluates `rate({…}[5m])` and its like. `outer` is the grouping of a `sum` around it, when the sum may be done here. */
export async function evaluateRange(expr: RangeExpr, ctx: MetricContext, outer?: Grouping): Promise<StepSeries[]> {
  const { range, op } = expr;
  const windows = new Windows(ctx.grid, BigInt(Math.round(range.rangeMs * 1e6)), offsetNsOf(range));
  const counted = await countInStore(expr, windows, ctx, outer);
  if (counted !== undefined) return counted;
  const hints = hintsOf(range, outer ?? expr.grouping, op === 'absent_over_time');
  const taking = { expr, windows, ctx, outer, hints };
  const needs = needsOf(hints, outer !== undefined);
  const table = await tableOf({ ...taking, needs }).catch((error: unknown) => {
    // Its words name every label of the line, so the line is read again with all of them.
    if (needs === undefined || !(error instanceof PipelineError)) throw error;
    return tableOf({ ...taking, needs: undefined });
  });
  return op === 'absent_over_time' ? absentSeries(table, expr, windows) : await finished(table, windows, ctx);
}

/** The only labels that the pipeline and the series look at. A series of lines with errors may have all labels. */
function needsOf(hints: Hints, isOuter: boolean): ReadonlySet<string> | undefined {
  if (hints.noLabels) return labelsOfErrors;
  if (hints.required === undefined || (hints.preserveError && !isOuter)) return undefined;
  return new Set([...hints.required, ...labelsOfErrors]);
}

interface Taking {
  readonly expr: RangeExpr;
  readonly windows: Windows;
  readonly ctx: MetricContext;
  readonly outer: Grouping | undefined;
  readonly hints: Hints;
  readonly needs: ReadonlySet<string> | undefined;
}

async function tableOf(taking: Taking): Promise<SeriesTable> {
  const { expr, ctx, outer } = taking;
  const table = new SeriesTable({
    newAccumulator: accumulatorFor(expr),
    grouping: groupingOf(expr, outer),
    isOuter: outer !== undefined,
    ignoresLabels: expr.op === 'absent_over_time',
    seriesMax: ctx.limits.seriesMax,
  });
  await readInto(table, taking);
  return table;
}

function offsetNsOf({ offsetMs }: RangeExpr['range']): bigint {
  return BigInt(Math.round(offsetMs * 1e6));
}

/** The unwrapped label is the value, so it is no part of the labels unless it is asked for by name. */
function groupingOf({ grouping, range }: RangeExpr, outer: Grouping | undefined): Grouping | undefined {
  const asked = outer ?? grouping;
  if (range.unwrap === undefined || (asked !== undefined && !asked.without)) return asked;
  return { without: true, labels: [...(asked?.labels ?? []), range.unwrap.name] };
}

async function readInto(table: SeriesTable, taking: Taking): Promise<void> {
  const { expr, windows, ctx, needs } = taking;
  const { log, unwrap } = expr.range;
  const { first, last } = windows.spanNs;
  const intake = new Intake(table, taking);
  if (windows.rangeNs === 0) return;
  const { tenant, pace } = ctx;
  const batches = ctx.entries({
    tenant,
    matchers: log.matchers,
    startNs: first,
    endNs: last + 1n,
    direction: 'forward',
    lineFilters: storedLineFilters(log),
    labelFilters: storedLabelFilters(log, unwrap),
    ...(needs && { needs }),
    signal: pace.signal,
  });
  for await (const batch of batches) {
    for (let from = 0; from < batch.count; from += linesPerLook) {
      intake.take(batch, from, Math.min(batch.count, from + linesPerLook));
      if (pace.isDue()) await pace.rest();
    }
  }
}

/** Takes lines through the pipeline and into the series. */
class Intake {
  private readonly state = new LineState();
  private readonly streams = new StreamTable();
  private readonly table: SeriesTable;
  private readonly windows: Windows;
  private readonly ctx: MetricContext;
  private readonly run: Step;
  private readonly amountOf: (state: LineState) => number | undefined;

  constructor(table: SeriesTable, { expr, windows, ctx, hints }: Taking) {
    this.table = table;
    this.windows = windows;
    this.ctx = ctx;
    const { op, range } = expr;
    const readsLine = op === 'bytes_over_time' || op === 'bytes_rate';
    const stages = readsLine ? range.log.stages : withoutIdleFormats(range.log.stages);
    this.run = compileStages(stages, { hints, ...templateContext(ctx) });
    this.amountOf = extractorOf(expr);
  }

  take(batch: EntryBatch, from: number, to: number): void {
    const { state, windows, table, ctx, run } = this;
    const { tally } = ctx;
    const base = windows.firstEndNs;
    for (let i = from; i < to; i++) {
      const line = batch.lines[i] ?? '';
      tally.linesRead++;
      tally.bytesRead += line.length;
      const timeNs = batch.timesNs[i] ?? 0n;
      const relativeNs = Number(timeNs - base);
      const bucket = windows.bucketOf(relativeNs);
      if (bucket === undefined) continue;
      state.begin(line, timeNs, this.streams.at(batch, i), batch.metadata[i] ?? noLabels);
      if (!run(state)) continue;
      const value = this.amountOf(state);
      if (value === undefined) continue;
      tally.linesKept++;
      const held = table.find(state).add(bucket, value, relativeNs);
      if (held > 0) ctx.pace.hold(held);
    }
  }
}

const SAMPLE_ERROR = 'SampleExtractionErr';

/** The number that a line counts for, or undefined when it does not count. */
function extractorOf({ op, range }: RangeExpr): (state: LineState) => number | undefined {
  if (range.unwrap !== undefined) return unwrapper(range.unwrap);
  if (op === 'bytes_over_time' || op === 'bytes_rate') return ({ line }) => Buffer.byteLength(line);
  return () => 1;
}

function unwrapper({ name, conversion, filters }: Unwrap): (state: LineState) => number | undefined {
  const convert = converterOf(conversion);
  const tests = filters.map(labelFilter);
  return (state) => {
    const text = state.get(name);
    if (text === undefined || text === '') return undefined;
    const value = convert(text);
    if (typeof value !== 'number') state.fail(SAMPLE_ERROR, value.problem);
    for (const test of tests) if (!test(state)) return undefined;
    return typeof value === 'number' ? value : 0;
  };
}

function converterOf(conversion: Unwrap['conversion']): (text: string) => number | { readonly problem: string } {
  if (conversion === undefined) return parseGoFloat;
  if (conversion === 'bytes') return parseByteSize;
  return (text) => {
    const ns = parseGoDuration(text);
    return typeof ns === 'number' ? ns / 1e9 : ns;
  };
}

async function finished(table: SeriesTable, windows: Windows, ctx: MetricContext): Promise<StepSeries[]> {
  const all: StepSeries[] = [];
  for (const { labels, accumulator } of table.series.values()) {
    ctx.pace.hold(windows.steps);
    const series = newSeries(labels, windows.steps);
    all.push(series);
    let isDone = false;
    while (!isDone) {
      isDone = accumulator.advance(windows, series);
      if (ctx.pace.isDue()) await ctx.pace.rest();
    }
  }
  return all;
}

/** 1 where no line is, under the labels that the selector is sure of. */
function absentSeries(table: SeriesTable, { range }: RangeExpr, windows: Windows): StepSeries[] {
  const seen = newSeries(noLabels, windows.steps);
  for (const { accumulator } of table.series.values()) {
    while (!accumulator.advance(windows, seen)) {
      // There is one series, of which each window only asks whether it is there.
    }
  }
  const absent = newSeries(certainLabels(range.log.matchers), windows.steps);
  for (let step = 0; step < windows.steps; step++) {
    if (seen.present[step] === 1) continue;
    absent.values[step] = 1;
    absent.present[step] = 1;
  }
  return [absent];
}

function certainLabels(matchers: RangeExpr['range']['log']['matchers']): Labels {
  const sure = new Map<string, string>();
  const unsure = new Set<string>();
  for (const { name, kind, value } of matchers) {
    if (kind === '=' && !sure.has(name)) sure.set(name, value);
    else unsure.add(name);
  }
  return [...sure]
    .filter(([name, value]) => !unsure.has(name) && value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flat();
}
