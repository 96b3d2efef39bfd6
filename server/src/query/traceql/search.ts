/**
 * Traces in which a pipeline finds spans: candidates by SQL, newest first, then each whole trace exactly. A trace is an
 * answer when the spans of the range have what the pipeline needs, and the whole trace passes it; the newest are those
 * that began last.
 */
import type { Field, Pipeline } from '@farol/traceql';
import { fieldType } from '@farol/traceql';
import type { Ask } from '../stored/index.ts';
import { timesOfTraces } from '../traces/index.ts';
import { candidates } from './candidates.ts';
import { fieldsOf } from './fields.ts';
import { type Evaluate, fieldEvaluator, slotsOf } from './fieldvalue.ts';
import { loadTraces } from './load.ts';
import { type Needs, needsOf } from './needs.ts';
import { pipelineOf, type Spanset } from './pipeline.ts';
import type { Trace, TraceSpan } from './trace.ts';
import type { Value } from './value.ts';

export interface PipelineSearch {
  readonly tenant: string;
  readonly pipeline: Pipeline;
  readonly startMs: number;
  readonly endMs: number;
  /** Traces at most. */
  readonly limit: number;
  /** Spans of each spanset at most; all are counted. */
  readonly spansPerSet: number;
  /** Spans that are looked at one by one, at most. */
  readonly spansMax: number;
  readonly signal: AbortSignal;
}

interface FoundSpan {
  readonly spanId: string;
  readonly name: string;
  readonly startNs: bigint;
  readonly durationNs: number;
  /** What the query looked at, where the span has it. */
  readonly fields: readonly (readonly [field: Field, value: Value])[];
}

export interface FoundSet {
  readonly matched: number;
  readonly about: Spanset['about'];
  readonly spans: readonly FoundSpan[];
}

export interface FoundTrace {
  readonly traceId: string;
  readonly root?: { readonly service: string; readonly name: string };
  readonly startNs: bigint;
  readonly durationNs: number;
  readonly services: readonly { readonly name: string; readonly spans: number; readonly errors: number }[];
  readonly sets: readonly FoundSet[];
}

export interface SearchAnswer {
  /** Newest first. */
  readonly traces: readonly FoundTrace[];
  readonly inspectedTraces: number;
  readonly inspectedSpans: number;
  /** Why there may be more than was found; absent when the answer is whole or as long as it may be. */
  readonly partial?: string;
}

/** Traces loaded together: few at first, because few may do. */
const loadFirst = 100;
const loadMax = 1_600;

export async function searchPipeline(ask: Ask, search: PipelineSearch): Promise<SearchAnswer> {
  const needs = needsOf(search.pipeline);
  const look = lookingAt(ask, search);
  if (!needs.decided) return await byEvaluating(ask, search, needs, look);
  const ids = await decidedIds(ask, search, needs);
  await look.at(ids);
  // What was stored twice may be found by the copy that does not count; then every trace is looked at.
  if (ids.some((id) => look.known.get(id) === undefined)) return await byEvaluating(ask, search, needs, look);
  return look.answer(ids);
}

/** The pipeline is what SQL says: only the traces that are told are looked at. */
async function decidedIds(ask: Ask, search: PipelineSearch, needs: Needs): Promise<readonly string[]> {
  const { tenant, limit, signal } = search;
  const starts = new Map<string, bigint>();
  for await (const { found, restNs } of candidates(ask, { ...search, needs })) {
    const traceIds = found.flatMap(({ id }) => (starts.has(id) ? [] : [id]));
    const times = await timesOfTraces(ask, { tenant, traceIds, signal });
    for (const [id, { fromNs }] of times) starts.set(id, fromNs);
    if (settled(starts.values(), restNs) >= limit) break;
  }
  const newestFirst = [...starts].sort(([a, aNs], [b, bNs]) => (aNs === bNs ? (a < b ? -1 : 1) : aNs < bNs ? 1 : -1));
  return newestFirst.slice(0, limit).map(([id]) => id);
}

/** How many began after all that is still to come. */
function settled(startsNs: Iterable<bigint>, restNs: bigint): number {
  let count = 0;
  for (const startNs of startsNs) if (startNs > restNs) count++;
  return count;
}

async function byEvaluating(ask: Ask, search: PipelineSearch, needs: Needs, look: Look): Promise<SearchAnswer> {
  let together = loadFirst;
  let ids: string[] = [];
  for await (const { found, restNs, anew, cut } of candidates(ask, { ...search, needs })) {
    if (anew) ids = [];
    for (let at = 0; at < found.length; ) {
      search.signal.throwIfAborted();
      const some = found.slice(at, at + together);
      await look.at(some.map(({ id }) => id));
      ids.push(...some.map(({ id }) => id));
      at += together;
      together = Math.min(loadMax, together * 2);
      const answers = ids.flatMap((id) => look.known.get(id)?.startNs ?? []);
      if (settled(answers, found[at]?.newestNs ?? restNs) >= search.limit) return look.answer(ids);
      if (look.isOver()) {
        return look.answer(
          ids,
          `${search.spansMax} spans were looked at (limits.query.traceSpansMax); narrow the time range or the first filter`,
        );
      }
    }
    if (cut) {
      return look.answer(
        ids,
        'there were more candidates than are looked at; narrow the time range or the first filter',
      );
    }
  }
  return look.answer(ids);
}

interface Look {
  /** What was found in each trace that was looked at. */
  readonly known: ReadonlyMap<string, FoundTrace | undefined>;
  at(ids: readonly string[]): Promise<void>;
  /** As many spans were looked at as may be. */
  isOver(): boolean;
  answer(ids: readonly string[], partial?: string): SearchAnswer;
}

/** Each trace is read and evaluated once. */
function lookingAt(ask: Ask, search: PipelineSearch): Look {
  const fields = fieldsOf(search.pipeline);
  const slots = slotsOf(fields);
  const evaluate = pipelineOf(search.pipeline, slots);
  const shown = shownFields(fields).map((field) => [field, fieldEvaluator(field, slots)] as const);
  const known = new Map<string, FoundTrace | undefined>();
  let inspectedTraces = 0;
  let inspectedSpans = 0;
  let cut = false;
  return {
    known,
    async at(asked) {
      const ids = asked.filter((id) => !known.has(id));
      if (ids.length === 0) return;
      const loaded = await loadTraces(ask, { ...search, ids, slots, spansMax: search.spansMax - inspectedSpans });
      inspectedTraces += loaded.traces.length;
      inspectedSpans += loaded.spans;
      cut ||= loaded.cut;
      for (const id of ids) known.set(id, undefined);
      for (const trace of loaded.traces) {
        const sets = evaluate(trace);
        if (sets.length > 0) known.set(trace.id, foundTrace(trace, sets, shown, search.spansPerSet));
      }
    },
    isOver: () => cut || inspectedSpans >= search.spansMax,
    answer(ids, partial) {
      const traces = [...new Set(ids)].flatMap((id) => known.get(id) ?? []).sort(newerFirst);
      return {
        traces: traces.slice(0, search.limit),
        inspectedTraces,
        inspectedSpans,
        ...(partial !== undefined && { partial }),
      };
    },
  };
}

function newerFirst(a: FoundTrace, b: FoundTrace): number {
  if (a.startNs !== b.startNs) return a.startNs < b.startNs ? 1 : -1;
  return a.traceId < b.traceId ? -1 : 1;
}

/** What the answer says of a trace and a span anyway is not said again. */
function shownFields(fields: readonly Field[]): readonly Field[] {
  const said = new Set([
    'span:name',
    'span:duration',
    'span:id',
    'trace:id',
    'trace:duration',
    'trace:rootName',
    'trace:rootService',
  ]);
  return fields.filter((field) => field.kind === 'attribute' || (!said.has(field.name) && fieldType(field) !== 'nil'));
}

function foundTrace(
  trace: Trace,
  sets: readonly Spanset[],
  shown: readonly (readonly [Field, Evaluate])[],
  spansPerSet: number,
): FoundTrace {
  const { root } = trace;
  return {
    traceId: trace.id,
    ...(root && { root: { service: root.row.service, name: root.row.name } }),
    startNs: trace.startNs,
    durationNs: trace.durationNs,
    services: servicesOf(trace.spans),
    sets: sets.map(({ spans, about }) => ({
      matched: spans.length,
      about,
      spans: spans.slice(0, spansPerSet).map((span) => foundSpan(span, trace, shown)),
    })),
  };
}

function foundSpan(span: TraceSpan, trace: Trace, shown: readonly (readonly [Field, Evaluate])[]): FoundSpan {
  return {
    spanId: span.row.span_id,
    name: span.row.name,
    startNs: span.startNs,
    durationNs: span.durationNs,
    fields: shown.flatMap(([field, evaluate]) => {
      const value = evaluate(span, trace);
      return value === undefined ? [] : [[field, value] as const];
    }),
  };
}

function servicesOf(spans: readonly TraceSpan[]): FoundTrace['services'] {
  const byName = new Map<string, { name: string; spans: number; errors: number }>();
  for (const { row } of spans) {
    const service = byName.get(row.service) ?? { name: row.service, spans: 0, errors: 0 };
    byName.set(row.service, service);
    service.spans++;
    if (row.status === 'error') service.errors++;
  }
  return [...byName.values()];
}
