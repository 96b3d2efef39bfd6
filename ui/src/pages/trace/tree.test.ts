import type { Span } from '@farol/contract';
import { expect, test } from 'vitest';
import { descendantCounts, matchesOf, parentRow, revealing, visibleRows } from './tree.ts';

const span = (spanId: string, depth: number, name = spanId): Span => ({
  spanId,
  parentSpanId: '',
  depth,
  service: 'api',
  name,
  kind: 'internal',
  component: 'code',
  componentName: 'api',
  offsetNs: 0,
  durationNs: 1,
  selfNs: 1,
  status: 'unset',
  statusMessage: '',
  attributes: [{ key: 'db.query.text', value: 'SELECT 1', type: 'string' }],
  resource: [],
  scope: { name: '', version: '' },
  events: [],
  links: [],
  orphan: false,
});

// a ─ b ─ c
//   └ d
// e
const spans = [span('a', 0), span('b', 1), span('c', 2), span('d', 1), span('e', 0)];
const counts = descendantCounts(spans);
const ids = (folded: string[]) => visibleRows(spans, counts, new Set(folded)).map((row) => row.span.spanId);

test('each span knows how many lie under it', () => {
  expect([...counts]).toEqual([3, 1, 0, 0, 0]);
});

test('folding hides everything below, and only that', () => {
  expect(ids([])).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(ids(['b'])).toEqual(['a', 'b', 'd', 'e']);
  expect(ids(['a'])).toEqual(['a', 'e']);
  expect(ids(['c'])).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('revealing a span unfolds its ancestors and leaves the rest folded', () => {
  expect([...revealing(spans, new Set(['a', 'b', 'e']), 'c')]).toEqual(['e']);
  const untouched = new Set(['e']);
  expect(revealing(spans, untouched, 'c')).toBe(untouched);
});

test('the parent row is the nearest shallower one above', () => {
  const rows = visibleRows(spans, counts, new Set());
  expect(parentRow(rows, 2)).toBe(1);
  expect(parentRow(rows, 3)).toBe(0);
  expect(parentRow(rows, 4)).toBe(4);
});

test('searching looks at names and attributes, whatever the case', () => {
  expect(matchesOf(spans, 'select 1').length).toBe(5);
  expect(matchesOf([span('x', 0, 'POST /appointments')], 'APPOINT')).toEqual([0]);
  expect(matchesOf(spans, '  ')).toEqual([]);
});
