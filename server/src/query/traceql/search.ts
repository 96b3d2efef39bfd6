/** Traces in which a pipeline finds spans: candidates by SQL, newest first, then each whole trace exactly. */
import type { Field, Pipeline } from '@farol/traceql';
import { fieldType } from '@farol/traceql';
import type { Ask } from '../stored/index.ts';
import { candidates } from './candidates.ts';
import { fieldsOf } from './fields.ts';
import { type Evaluate, fieldEvaluator, slotsOf } from './fieldvalue.ts';
import { type Loaded, loadTraces } from './load.ts';
import { needsOf } from './needs.ts';
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
  const fields = fieldsOf(search.pipeline);
  const slots = slotsOf(fields);
  const evaluate = pipelineOf(search.pipeline, slots);
  const shown = shownFields(fields).map((field) => [field, fieldEvaluator(field, slots)] as const);
  const found: FoundTrace[] = [];
  let inspectedTraces = 0;
  let inspectedSpans = 0;
  let partial: string | undefined;
  let together = loadFirst;

  const load = (ids: readonly string[]): Promise<Loaded> =>
    loadTraces(ask, { ...search, ids, slots, spansMax: search.spansMax - inspectedSpans });
  const answer = (): SearchAnswer => ({
    traces: found.sort((a, b) => (a.startNs < b.startNs ? 1 : -1)),
    inspectedTraces,
    inspectedSpans,
    ...(partial !== undefined && { partial }),
  });

  const firstBatch = needs.decided ? search.limit : Math.max(search.limit * 2, loadFirst);
  for await (const { ids, cut } of candidates(ask, { ...search, needs }, firstBatch)) {
    if (cut) partial = 'there were more candidates than are looked at; narrow the time range or the first filter';
    for (let at = 0; at < ids.length; ) {
      search.signal.throwIfAborted();
      const loaded = await load(ids.slice(at, at + together));
      at += together;
      together = Math.min(loadMax, together * 2);
      inspectedTraces += loaded.traces.length;
      inspectedSpans += loaded.spans;
      for (const trace of loaded.traces) {
        const sets = evaluate(trace);
        if (sets.length > 0) found.push(foundTrace(trace, sets, shown, search.spansPerSet));
        if (found.length >= search.limit) return answer();
      }
      if (loaded.cut || inspectedSpans >= search.spansMax) {
        partial = `${search.spansMax} spans were looked at (limits.query.traceSpansMax); narrow the time range or the first filter`;
        return answer();
      }
    }
  }
  return answer();
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
