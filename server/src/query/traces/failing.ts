import type { Tree, TreeSpan } from './tree.ts';

/**
 * The span to look at: an error with no error below it, where the failure began. One whose ancestors all failed
 * explains why the request failed and comes first; among equals the one that ended first, then the deepest.
 * A span that failed without saying so (Prisma's `prisma:client:operation`) is seen through, where nothing beside it did.
 */
export function failingSpan(tree: Tree): TreeSpan | undefined {
  const carries = carriers(tree);
  const failed = (span: TreeSpan) => span.stored.status === 'error';
  const failsBelow = (span: TreeSpan) => failing(tree, span, carries).length > 0;
  const origins = tree.spans.filter((span) => failed(span) && !failsBelow(span));
  const explains = brokeItsRoot(tree, carries);
  const endNs = (span: TreeSpan) => span.startNs + BigInt(span.durationNs);
  const earlier = (a: TreeSpan, b: TreeSpan) =>
    endNs(a) < endNs(b) ? -1 : endNs(a) > endNs(b) ? 1 : b.depth - a.depth;
  const chosen = origins.filter((span) => explains.has(span));
  return (chosen.length > 0 ? chosen : origins).sort(earlier)[0];
}

/** The children that failed; where none says so, those with a failure somewhere below. */
function failing(tree: Tree, span: TreeSpan, carries: ReadonlySet<TreeSpan>): TreeSpan[] {
  const children = span.children.flatMap((place) => tree.spans[place] ?? []);
  const errors = children.filter((child) => child.stored.status === 'error');
  return errors.length > 0 ? errors : children.filter((child) => carries.has(child));
}

/** Spans without a status that have an error below, other such spans between. Children stand after their parents. */
function carriers(tree: Tree): Set<TreeSpan> {
  const carries = new Set<TreeSpan>();
  for (const span of tree.spans.toReversed()) {
    const parent = tree.spans[span.parent];
    if (parent?.stored.status === 'unset' && (span.stored.status === 'error' || carries.has(span))) carries.add(parent);
  }
  return carries;
}

/** Spans that failed together with everything above them. Parents stand before children, so one pass is enough. */
function brokeItsRoot(tree: Tree, carries: ReadonlySet<TreeSpan>): Set<TreeSpan> {
  const broke = new Set<TreeSpan>();
  for (const span of tree.spans) {
    const isRoot = tree.spans[span.parent] === undefined;
    if (isRoot && span.stored.status === 'error') broke.add(span);
    if (broke.has(span)) for (const child of failing(tree, span, carries)) broke.add(child);
  }
  return broke;
}
