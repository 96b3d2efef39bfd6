import type { Tree, TreeSpan } from './tree.ts';

/**
 * The span to look at: an error with no error below it, where the failure began. One whose ancestors all failed
 * explains why the request failed and comes first; among equals the one that ended first, then the deepest.
 */
export function failingSpan(tree: Tree): TreeSpan | undefined {
  const failed = (place: number) => tree.spans[place]?.stored.status === 'error';
  const origins = tree.spans.filter((span, place) => failed(place) && !span.children.some(failed));
  const explains = brokeItsRoot(tree);
  const endNs = (span: TreeSpan) => span.startNs + BigInt(span.durationNs);
  const earlier = (a: TreeSpan, b: TreeSpan) => (endNs(a) < endNs(b) ? -1 : endNs(a) > endNs(b) ? 1 : b.depth - a.depth);
  const chosen = origins.filter((span) => explains.has(span));
  return (chosen.length > 0 ? chosen : origins).sort(earlier)[0];
}

/** Spans that failed together with everything above them. Parents stand before children, so one pass is enough. */
function brokeItsRoot(tree: Tree): Set<TreeSpan> {
  const broke = new Set<TreeSpan>();
  for (const span of tree.spans) {
    const parent = tree.spans[span.parent];
    if (span.stored.status === 'error' && (!parent || broke.has(parent))) broke.add(span);
  }
  return broke;
}
