/** The structural operators: which spans stand to which others as parent, child, ancestor, descendant or sibling. */
import type { StructuralOp } from '@farol/traceql';
import type { TraceSpan } from './trace.ts';

type Relation = '>' | '>>' | '<' | '<<' | '~';

const inverses: Readonly<Record<Relation, Relation>> = { '>': '<', '>>': '<<', '<': '>', '<<': '>>', '~': '~' };

/** Of `rhs` those that stand so to a span of `lhs`; with `!` those that do not; with `&` those of both sides that do. */
export function related(op: StructuralOp, lhs: readonly TraceSpan[], rhs: readonly TraceSpan[]): TraceSpan[] {
  const relation = op.replace(/^[!&]/, '') as Relation;
  const holds = relationTo(relation, lhs);
  if (op.startsWith('!')) return rhs.filter((span) => !holds(span));
  const found = rhs.filter(holds);
  if (!op.startsWith('&')) return found;
  return [...new Set([...lhs.filter(relationTo(inverses[relation], rhs)), ...found])];
}

function relationTo(relation: Relation, others: readonly TraceSpan[]): (span: TraceSpan) => boolean {
  switch (relation) {
    case '>': {
      const parents = new Set(others);
      return (span) => span.parent !== undefined && parents.has(span.parent);
    }
    case '<': {
      const parents = new Set(others.map((span) => span.parent));
      return (span) => parents.has(span);
    }
    case '>>':
      return hasAncestorIn(new Set(others));
    case '<<': {
      const ancestors = ancestorsOf(others);
      return (span) => ancestors.has(span);
    }
    case '~':
      return hasSiblingAmong(others);
  }
}

/** Remembers what it found on the way up, so that all spans of a deep trace together cost its size. */
function hasAncestorIn(wanted: ReadonlySet<TraceSpan>): (span: TraceSpan) => boolean {
  const known = new Map<TraceSpan, boolean>();
  return (span) => {
    const path: TraceSpan[] = [];
    let found: boolean | undefined;
    for (let at: TraceSpan | undefined = span; at !== undefined && found === undefined; at = at.parent) {
      found = known.get(at);
      if (found !== undefined) break;
      path.push(at);
      if (at.parent !== undefined && wanted.has(at.parent)) found = true;
    }
    for (const passed of path) known.set(passed, found ?? false);
    return found ?? false;
  };
}

function ancestorsOf(spans: readonly TraceSpan[]): Set<TraceSpan> {
  const ancestors = new Set<TraceSpan>();
  for (const span of spans) {
    for (let at = span.parent; at !== undefined && !ancestors.has(at); at = at.parent) ancestors.add(at);
  }
  return ancestors;
}

/** Roots are siblings of each other, as in Tempo; a span whose parent has not arrived is nobody's. */
function hasSiblingAmong(others: readonly TraceSpan[]): (span: TraceSpan) => boolean {
  const familyOf = (span: TraceSpan): TraceSpan | 'roots' | undefined =>
    span.parent ?? (span.row.parent_span_id === '' ? 'roots' : undefined);
  const counts = new Map<TraceSpan | 'roots' | undefined, number>();
  const members = new Set(others);
  for (const span of members) counts.set(familyOf(span), (counts.get(familyOf(span)) ?? 0) + 1);
  return (span) => {
    const family = familyOf(span);
    if (family === undefined) return false;
    return (counts.get(family) ?? 0) - (members.has(span) ? 1 : 0) > 0;
  };
}
