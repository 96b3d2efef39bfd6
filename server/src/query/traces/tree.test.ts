import { expect, test } from 'vitest';
import { type SpanSketch, spanId, storedSpan } from './span.testing.ts';
import { assembleTree } from './tree.ts';

const assemble = (...sketches: SpanSketch[]) => assembleTree(sketches.map(storedSpan));
const drawn = (...sketches: SpanSketch[]) =>
  assemble(...sketches).spans.map((span) => `${'  '.repeat(span.depth)}${span.stored.name.replace('span ', '')}`);

test('parents stand before children and siblings by their start, in whatever order they came', () => {
  const sketches = [
    { id: 4, parent: 2, at: 20, for: 5 },
    { id: 3, parent: 1, at: 50, for: 10 },
    { id: 1, at: 0, for: 100 },
    { id: 2, parent: 1, at: 10, for: 30 },
  ];
  expect(drawn(...sketches)).toEqual(['1', '  2', '    4', '  3']);
  expect(drawn(...sketches.reverse())).toEqual(['1', '  2', '    4', '  3']);
});

test('F44 a span whose parent never came is a root and says so', () => {
  const tree = assemble({ id: 1, at: 0, for: 10 }, { id: 2, parent: 99, at: 5, for: 10 });
  expect(tree.spans.map((span) => [span.depth, span.orphan])).toEqual([
    [0, false],
    [0, true],
  ]);
  expect(tree.durationNs).toBe(15);
  expect(tree.warnings.join()).toMatch(/1 spans name a parent that has not arrived/);
});

test('F44 a span that is its own parent becomes a root', () => {
  const tree = assemble({ id: 1, parent: 1, at: 0, for: 10 });
  expect(tree.spans[0]).toMatchObject({ depth: 0, parentSpanId: '', orphan: false });
  expect(tree.warnings.join()).toMatch(/themselves/);
});

test('F44 cycles are cut at their earliest span, and what hangs on them is kept', () => {
  const cycle = [
    { id: 1, parent: 3, at: 5, for: 10 },
    { id: 2, parent: 1, at: 6, for: 5 },
    { id: 3, parent: 2, at: 7, for: 3 },
    { id: 4, parent: 2, at: 8, for: 1 },
    { id: 9, at: 0, for: 1 },
  ];
  expect(drawn(...cycle)).toEqual(['9', '1', '  2', '    3', '    4']);
  expect(assemble(...cycle).warnings.join()).toMatch(/1 cycles/);
});

test('F45 a span that was sent twice is shown once, as its longest telling', () => {
  const tree = assemble({ id: 1, at: 0, for: 10 }, { id: 1, at: 0, for: 40 }, { id: 1, at: 0, for: 10 });
  expect(tree.spans).toHaveLength(1);
  expect(tree.durationNs).toBe(40);
  expect(tree.warnings.join()).toMatch(/2 spans were sent more than once/);
});

test('F44 a client and a server that share an id are both shown, the server below the client', () => {
  const tree = assemble(
    { id: 1, kind: 'server', service: 'b', at: 2, for: 6, name: 'server' },
    { id: 1, kind: 'client', service: 'a', at: 0, for: 10, name: 'client' },
  );
  expect(tree.spans.map((span) => [span.depth, span.stored.name, span.spanId])).toEqual([
    [0, 'client', spanId(1)],
    [1, 'server', spanId(2)],
  ]);
});

test('F44 a child on another machine that starts before its parent is moved into it, with all below it', () => {
  const tree = assemble(
    { id: 1, at: 1000, for: 100, service: 'a', kind: 'client' },
    { id: 2, parent: 1, at: 500, for: 60, service: 'b', kind: 'server' },
    { id: 3, parent: 2, at: 510, for: 10, service: 'b' },
  );
  expect(tree.spans.map((span) => Number(span.startNs - tree.startNs))).toEqual([0, 20, 30]);
  expect(tree.durationNs).toBe(100);
  expect(tree.warnings.join()).toMatch(/clock of b/);
});

test('work that goes on after its parent, and callers in the same process, are not moved', () => {
  const tree = assemble(
    { id: 1, at: 0, for: 10, service: 'a', kind: 'producer' },
    { id: 2, parent: 1, at: 50, for: 10, service: 'b', kind: 'consumer' },
    { id: 3, parent: 1, at: -5, for: 3, service: 'a' },
  );
  expect(tree.warnings).toEqual([]);
  expect(tree.durationNs).toBe(65);
});

test('F44 a chain of 100,000 spans neither hangs nor overflows', () => {
  const chain = Array.from({ length: 100_000 }, (_, i) =>
    storedSpan({ id: i + 1, ...(i > 0 && { parent: i }), at: i, for: 200_000 - i }),
  );
  const tree = assembleTree(chain);
  expect(tree.spans.at(-1)?.depth).toBe(99_999);
});

test('no spans make an empty tree', () => {
  expect(assembleTree([])).toEqual({ spans: [], startNs: 0n, durationNs: 0, warnings: [] });
});
