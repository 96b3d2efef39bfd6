/**
 * A trace as a tree, whatever was sent: a span twice, an id shared by two spans, a span that is its own parent or its
 * own ancestor, parents that never came, clocks that disagree. Never recursive, so depth cannot break it.
 */
import type { StoredSpan } from './span.ts';

/** A span in its place. Fields that assembly may change are writable; nobody else writes them. */
export interface TreeSpan {
  readonly stored: StoredSpan;
  readonly spanId: string;
  /** '' for roots, also when the span was sent with a parent that cannot be used. */
  parentSpanId: string;
  /** Index in `Tree.spans`, -1 for roots. */
  parent: number;
  children: number[];
  depth: number;
  startNs: bigint;
  readonly durationNs: number;
  orphan: boolean;
}

export interface Tree {
  /** Waterfall order: parents before children, siblings by start. */
  readonly spans: readonly TreeSpan[];
  readonly startNs: bigint;
  readonly durationNs: number;
  readonly warnings: readonly string[];
}

export function assembleTree(stored: readonly StoredSpan[]): Tree {
  const warnings: string[] = [];
  const spans = placed(mergedDuplicates(stored, warnings), warnings);
  linkParents(spans, warnings);
  breakCycles(spans, warnings);
  alignClocks(spans, warnings);
  const ordered = waterfall(spans);
  const startNs = earliestOf(ordered);
  const durationNs = ordered.reduce((most, s) => Math.max(most, Number(s.startNs - startNs) + s.durationNs), 0);
  return { spans: ordered, startNs, durationNs, warnings };
}

/** Not the first root's: a child may begin before its parent. */
function earliestOf(spans: readonly TreeSpan[]): bigint {
  let earliest = spans[0]?.startNs ?? 0n;
  for (const { startNs } of spans) if (startNs < earliest) earliest = startNs;
  return earliest;
}

/** The same span sent again (a retry, or a first draft of a long span): the longest telling wins. */
function mergedDuplicates(stored: readonly StoredSpan[], warnings: string[]): StoredSpan[] {
  const byIdentity = new Map<string, StoredSpan>();
  for (const span of stored) {
    const identity = `${span.spanId} ${span.kind} ${span.service}`;
    const known = byIdentity.get(identity);
    if (!known || tellsMore(span, known)) byIdentity.set(identity, span);
  }
  const merged = stored.length - byIdentity.size;
  if (merged > 0) warnings.push(`${merged} spans were sent more than once and are shown once.`);
  return [...byIdentity.values()];
}

function tellsMore(a: StoredSpan, b: StoredSpan): boolean {
  if (a.durationNs !== b.durationNs) return a.durationNs > b.durationNs;
  return a.attributes.length + a.events.length > b.attributes.length + b.events.length;
}

/** Two different spans with one id (a client and its server, in Zipkin's style): the later gets an id of its own, below the earlier. */
function placed(stored: readonly StoredSpan[], warnings: string[]): TreeSpan[] {
  const taken = new Set(stored.map((span) => span.spanId));
  const seen = new Set<string>();
  let shared = 0;
  const rank = (span: StoredSpan) => (span.kind === 'client' || span.kind === 'producer' ? 0 : 1);
  const spans = [...stored]
    .sort((a, b) => rank(a) - rank(b))
    .map((span) => {
      const twin = seen.has(span.spanId);
      if (twin) shared++;
      const spanId = twin ? freeId(span.spanId, taken) : span.spanId;
      taken.add(spanId);
      seen.add(span.spanId);
      return treeSpan(span, spanId, twin ? span.spanId : span.parentSpanId);
    });
  if (shared > 0) warnings.push(`${shared} spans share their id with another span; they were given ids of their own.`);
  return spans;
}

function treeSpan(stored: StoredSpan, spanId: string, parentSpanId: string): TreeSpan {
  const { startNs, durationNs } = stored;
  return { stored, spanId, parentSpanId, parent: -1, children: [], depth: 0, startNs, durationNs, orphan: false };
}

function freeId(id: string, taken: ReadonlySet<string>): string {
  let next = BigInt(`0x${id || '0'}`);
  let free: string;
  do {
    next = BigInt.asUintN(64, next + 1n);
    free = next.toString(16).padStart(16, '0');
  } while (taken.has(free));
  return free;
}

function linkParents(spans: readonly TreeSpan[], warnings: string[]): void {
  const indexOf = new Map(spans.map((span, index) => [span.spanId, index]));
  let orphans = 0;
  let selfish = 0;
  for (const [index, span] of spans.entries()) {
    if (span.parentSpanId === '') continue;
    const parent = indexOf.get(span.parentSpanId);
    if (parent === index) {
      span.parentSpanId = '';
      selfish++;
    } else if (parent === undefined) {
      span.orphan = true;
      orphans++;
    } else {
      span.parent = parent;
      spans[parent]?.children.push(index);
    }
  }
  if (orphans > 0) warnings.push(`${orphans} spans name a parent that has not arrived; they are shown as roots.`);
  if (selfish > 0) warnings.push(`${selfish} spans name themselves as parent; they are shown as roots.`);
}

/** What no root reaches hangs on a cycle; its earliest span is cut loose and becomes a root. */
function breakCycles(spans: readonly TreeSpan[], warnings: string[]): void {
  const reached = new Uint8Array(spans.length);
  for (const [index, span] of spans.entries()) if (span.parent < 0) reach(spans, index, reached);
  const lost = spans.map((_, index) => index).filter((index) => reached[index] === 0);
  lost.sort((a, b) => byStart(spans[a], spans[b]));
  let cut = 0;
  for (const index of lost) {
    const span = spans[index];
    if (reached[index] === 1 || span === undefined) continue;
    const parent = spans[span.parent];
    if (parent) parent.children = parent.children.filter((child) => child !== index);
    span.parent = -1;
    span.parentSpanId = '';
    cut++;
    reach(spans, index, reached);
  }
  if (cut > 0) warnings.push(`${cut} cycles of parents were cut at their earliest span.`);
}

function reach(spans: readonly TreeSpan[], root: number, reached: Uint8Array): void {
  const stack = [root];
  for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
    if (reached[index] === 1) continue;
    reached[index] = 1;
    for (const child of spans[index]?.children ?? []) stack.push(child);
  }
}

/**
 * A cause cannot come after its effect: a child on another machine that starts before its parent has a clock that runs
 * behind. It is moved, with all below it, into the middle of its parent (as Jaeger's adjuster does), or to the start.
 */
function alignClocks(spans: readonly TreeSpan[], warnings: string[]): void {
  const moved = new Set<string>();
  const stack = spans.flatMap((span, index) => (span.parent < 0 ? [{ index, shiftNs: 0n }] : []));
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const span = spans[next.index];
    if (!span) continue;
    span.startNs += next.shiftNs;
    const parent = spans[span.parent];
    const extraNs = parent ? skewOf(parent, span) : 0n;
    if (extraNs !== 0n) moved.add(span.stored.service);
    span.startNs += extraNs;
    for (const child of span.children) stack.push({ index: child, shiftNs: next.shiftNs + extraNs });
  }
  if (moved.size > 0) {
    warnings.push(
      `The clock of ${[...moved].sort().join(', ')} runs behind its callers'; its spans were moved to fit.`,
    );
  }
}

function skewOf(parent: TreeSpan, child: TreeSpan): bigint {
  if (parent.stored.service === child.stored.service || child.startNs >= parent.startNs) return 0n;
  const room = parent.durationNs - child.durationNs;
  const into = room > 0 ? BigInt(Math.floor(room / 2)) : 0n;
  return parent.startNs + into - child.startNs;
}

/** Renumbers: in the answer, `parent` and `children` are places in the waterfall. */
function waterfall(spans: readonly TreeSpan[]): TreeSpan[] {
  const order: number[] = [];
  const later = (a: number, b: number) => byStart(spans[b], spans[a]);
  const stack = spans.flatMap((span, index) => (span.parent < 0 ? [index] : [])).sort(later);
  for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
    const span = spans[index];
    if (!span) continue;
    span.depth = span.parent < 0 ? 0 : (spans[span.parent]?.depth ?? 0) + 1;
    order.push(index);
    for (const child of [...span.children].sort(later)) stack.push(child);
  }
  const placeOf = new Int32Array(spans.length);
  for (const [place, index] of order.entries()) placeOf[index] = place;
  return order.flatMap((index) => {
    const span = spans[index];
    if (!span) return [];
    span.children = span.children.map((child) => placeOf[child] ?? 0).sort((a, b) => a - b);
    span.parent = span.parent < 0 ? -1 : (placeOf[span.parent] ?? -1);
    return [span];
  });
}

function byStart(a: TreeSpan | undefined, b: TreeSpan | undefined): number {
  if (!a || !b || a.startNs === b.startNs) return (a?.spanId ?? '') < (b?.spanId ?? '') ? -1 : 1;
  return a.startNs < b.startNs ? -1 : 1;
}
