import type { StructuralOp } from '@farol/traceql';
import { expect, test } from 'vitest';
import { related } from './structure.ts';
import { type SpanRow, type TraceSpan, traceOf } from './trace.ts';

const hex = (id: number): string => id.toString(16).padStart(16, '0');

function row(id: number, parent: number): SpanRow {
  return {
    trace_id: hex(1),
    span_id: hex(id),
    parent_span_id: parent === 0 ? '' : hex(parent),
    service: 'a',
    name: 'b',
    kind: 'internal',
    status: 'unset',
    start_ns: String(id),
    duration_ns: '1',
    events: '',
    links: '',
  };
}

/** The same numbers each time. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Parents may be missing, later than their children, or the span itself: a third of the trees are no trees. */
function randomSpans(pick: (below: number) => number): readonly TraceSpan[] {
  const size = 1 + pick(12);
  const wild = pick(3) === 0;
  const rows = Array.from({ length: size }, (_, i) => row(i + 1, wild ? pick(size + 3) : pick(i + 1)));
  return traceOf(rows).spans;
}

const isBelow = (span: TraceSpan, other: TraceSpan): boolean =>
  span.parent !== undefined && (span.parent === other || isBelow(span.parent, other));
const areSiblings = (a: TraceSpan, b: TraceSpan): boolean =>
  a !== b &&
  (a.parent === undefined ? a.row.parent_span_id === '' && b.row.parent_span_id === '' : a.parent === b.parent);

const relations: Readonly<Record<string, (left: TraceSpan, right: TraceSpan) => boolean>> = {
  '>': (left, right) => right.parent === left,
  '>>': (left, right) => isBelow(right, left),
  '<': (left, right) => left.parent === right,
  '<<': (left, right) => isBelow(left, right),
  '~': areSiblings,
};

test('structural operators find what looking at every pair of spans finds', () => {
  const pick = chance(7);
  for (let round = 0; round < 400; round++) {
    const spans = randomSpans(pick);
    const lhs = spans.filter(() => pick(2) === 0);
    const rhs = spans.filter(() => pick(2) === 0);
    for (const [relation, holds] of Object.entries(relations)) {
      const found = rhs.filter((right) => lhs.some((left) => holds(left, right)));
      const partners = lhs.filter((left) => rhs.some((right) => holds(left, right)));
      const ask = (sign: string) => new Set(related(`${sign}${relation}` as StructuralOp, lhs, rhs));
      const about = `${relation} in round ${round}`;
      expect(ask(''), about).toEqual(new Set(found));
      expect(ask('!'), about).toEqual(new Set(rhs.filter((span) => !found.includes(span))));
      expect(ask('&'), about).toEqual(new Set([...found, ...partners]));
    }
  }
});

test('nested-set numbers hold each span between those of its parent', () => {
  const pick = chance(11);
  for (let round = 0; round < 200; round++) {
    for (const span of randomSpans(pick)) {
      const { parent } = span;
      if (span.left === 0) continue;
      expect(span.right).toBeGreaterThan(span.left);
      if (parent === undefined) continue;
      expect(parent.left).toBeLessThan(span.left);
      expect(parent.right).toBeGreaterThan(span.right);
    }
  }
});

test('spans on a cycle have no parents, and a span sent twice is one', () => {
  const { spans } = traceOf([row(1, 2), row(2, 1), row(3, 0), row(3, 0)]);
  expect(spans.map(({ parent, left, right }) => ({ parent, left, right }))).toEqual([
    { parent: undefined, left: 0, right: 0 },
    { parent: undefined, left: 0, right: 0 },
    { parent: undefined, left: 1, right: 2 },
  ]);
});
