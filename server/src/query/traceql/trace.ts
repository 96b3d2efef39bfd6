/** A trace's spans in their tree: who is whose child, in nested-set numbers, whatever was sent. */
import type { Cell } from './fields.ts';

/** One row, as the loader asks for it. */
export interface SpanRow {
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id: string;
  readonly service: string;
  readonly name: string;
  readonly kind: string;
  readonly status: string;
  readonly start_ns: string;
  readonly duration_ns: string;
  readonly events: string;
  readonly links: string;
  /** `f0`, `f1` …: the fields that the query looks at. */
  readonly [field: string]: string | Cell;
}

export interface TraceSpan {
  readonly row: SpanRow;
  readonly startNs: bigint;
  readonly durationNs: number;
  parent?: TraceSpan;
  childCount: number;
  /** Numbered from 1 through the trees of all roots; 0 for a span that hangs below no root. */
  left: number;
  right: number;
}

export interface Trace {
  readonly id: string;
  /** Earliest first. */
  readonly spans: readonly TraceSpan[];
  readonly startNs: bigint;
  readonly durationNs: number;
  readonly root?: TraceSpan;
}

export function traceOf(rows: readonly SpanRow[]): Trace {
  const spans = uniqueSpans(rows);
  linkParents(spans);
  const root = spans.find((span) => span.row.parent_span_id === '');
  const startNs = spans[0]?.startNs ?? 0n;
  let durationNs = 0;
  for (const span of spans) durationNs = Math.max(durationNs, Number(span.startNs - startNs) + span.durationNs);
  return { id: rows[0]?.trace_id ?? '', spans, startNs, durationNs, ...(root && { root }) };
}

/** A span that was sent again counts once; one id on two kinds of span (a client's and its server's) is two. */
function uniqueSpans(rows: readonly SpanRow[]): TraceSpan[] {
  const byIdentity = new Map<string, TraceSpan>();
  for (const row of rows) {
    const identity = `${row.span_id} ${row.kind} ${row.service}`;
    const durationNs = Number(row.duration_ns);
    if ((byIdentity.get(identity)?.durationNs ?? -1) >= durationNs) continue;
    byIdentity.set(identity, { row, startNs: BigInt(row.start_ns), durationNs, childCount: 0, left: 0, right: 0 });
  }
  return [...byIdentity.values()].sort(earlier);
}

function earlier(a: TraceSpan, b: TraceSpan): number {
  if (a.startNs !== b.startNs) return a.startNs < b.startNs ? -1 : 1;
  return a.row.span_id < b.row.span_id ? -1 : 1;
}

function linkParents(spans: readonly TraceSpan[]): void {
  const byId = new Map<string, TraceSpan>();
  for (const span of spans) if (!byId.has(span.row.span_id)) byId.set(span.row.span_id, span);
  const children = new Map<TraceSpan, TraceSpan[]>();
  const tops: TraceSpan[] = [];
  for (const span of spans) {
    const parent = span.row.parent_span_id === '' ? undefined : byId.get(span.row.parent_span_id);
    if (parent === undefined || parent === span) tops.push(span);
    else {
      const siblings = children.get(parent);
      if (siblings === undefined) children.set(parent, [span]);
      else siblings.push(span);
    }
  }
  let next = 1;
  for (const top of tops) {
    const numbered = top.row.parent_span_id === '';
    next = number(top, children, numbered ? next : undefined) ?? next;
  }
}

/**
 * Walks one tree and gives its spans their parents. What no top reaches hangs on a cycle and keeps none, so no walk
 * upwards can go round. Returns the next free number.
 */
function number(top: TraceSpan, children: Map<TraceSpan, TraceSpan[]>, from: number | undefined): number | undefined {
  let next = from ?? 0;
  const stack: { span: TraceSpan; entered: boolean }[] = [{ span: top, entered: false }];
  for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
    const { span, entered } = step;
    if (entered) {
      if (from !== undefined) span.right = next++;
      continue;
    }
    if (from !== undefined) span.left = next++;
    stack.push({ span, entered: true });
    const below = children.get(span) ?? [];
    span.childCount = below.length;
    for (const child of below.toReversed()) {
      child.parent = span;
      stack.push({ span: child, entered: false });
    }
  }
  return from === undefined ? undefined : next;
}
