import type { Span } from '@farol/contract';

/** The waterfall as rows: which spans are visible, which are folded, which match. Spans come parents before children. Pure. */
export interface Row {
  readonly span: Span;
  /** Its place in the whole trace. */
  readonly index: number;
  /** How many spans lie under it. */
  readonly below: number;
  readonly folded: boolean;
}

/** For each span, how many follow that are deeper: its descendants, because the order is depth-first. */
export function descendantCounts(spans: readonly Span[]): Int32Array {
  const counts = new Int32Array(spans.length);
  const open: number[] = [];
  for (let i = 0; i < spans.length; i++) {
    const depth = spans[i]?.depth ?? 0;
    while (open.length > 0 && (spans[open.at(-1) ?? 0]?.depth ?? 0) >= depth) {
      const closed = open.pop() ?? 0;
      counts[closed] = i - closed - 1;
    }
    open.push(i);
  }
  for (const index of open) counts[index] = spans.length - index - 1;
  return counts;
}

export function visibleRows(spans: readonly Span[], counts: Int32Array, folded: ReadonlySet<string>): readonly Row[] {
  const rows: Row[] = [];
  for (let index = 0; index < spans.length; index++) {
    const span = spans[index];
    if (!span) continue;
    const below = counts[index] ?? 0;
    const isFolded = below > 0 && folded.has(span.spanId);
    rows.push({ span, index, below, folded: isFolded });
    if (isFolded) index += below;
  }
  return rows;
}

/** Unfolds whatever hides this span. Returns the same set when nothing does. */
export function revealing(spans: readonly Span[], folded: ReadonlySet<string>, spanId: string): ReadonlySet<string> {
  if (folded.size === 0) return folded;
  const next = new Set(folded);
  let depth = Number.POSITIVE_INFINITY;
  const at = spans.findIndex((span) => span.spanId === spanId);
  for (let i = at; i >= 0; i--) {
    const span = spans[i];
    if (!span || span.depth >= depth) continue;
    depth = span.depth;
    if (i !== at) next.delete(span.spanId);
  }
  return next.size === folded.size ? folded : next;
}

export function parentRow(rows: readonly Row[], at: number): number {
  const depth = rows[at]?.span.depth ?? 0;
  for (let i = at - 1; i >= 0; i--) if ((rows[i]?.span.depth ?? 0) < depth) return i;
  return at;
}

const haystacks = new WeakMap<Span, string>();

/** Indices of the spans in which the words occur: name, service, message, attributes, events. */
export function matchesOf(spans: readonly Span[], sought: string): readonly number[] {
  const needle = sought.trim().toLowerCase();
  if (needle === '') return [];
  const found: number[] = [];
  for (let i = 0; i < spans.length; i++) {
    const span = spans[i];
    if (span && haystackOf(span).includes(needle)) found.push(i);
  }
  return found;
}

function haystackOf(span: Span): string {
  const kept = haystacks.get(span);
  if (kept !== undefined) return kept;
  const attributes = [
    ...span.attributes,
    ...span.events.flatMap((event) => [{ key: 'event', value: event.name }, ...event.attributes]),
  ];
  const text = [
    span.service,
    span.name,
    span.spanId,
    span.statusMessage,
    ...attributes.map(({ key, value }) => `${key}=${value}`),
  ]
    .join('\n')
    .toLowerCase();
  haystacks.set(span, text);
  return text;
}
