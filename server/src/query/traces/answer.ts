import type { Component, Span, TraceAnswer } from '@farol/contract';
import { componentOf, type Place } from './component.ts';
import { failingSpan } from './failing.ts';
import type { StoredTrace } from './read.ts';
import { selfTimes, sharesOf } from './timing.ts';
import { assembleTree, type Tree, type TreeSpan } from './tree.ts';

/** The trace as the API gives it. */
export function traceAnswer(traceId: string, trace: StoredTrace): TraceAnswer {
  const tree = assembleTree(trace.spans);
  const places = tree.spans.map((span) => componentOf(span.stored, calleeOf(tree, span)));
  const self = selfTimes(tree);
  const failing = failingSpan(tree);
  const warnings = trace.truncated
    ? [`The trace has more than ${trace.spans.length} spans; the earliest are shown.`, ...tree.warnings]
    : tree.warnings;
  return {
    traceId,
    startNs: String(tree.startNs),
    durationNs: tree.durationNs,
    spans: tree.spans.map((span, i) => answerSpan(tree, span, places[i] ?? noPlace, self[i] ?? 0)),
    components: componentsOf(tree, places),
    ...(failing && { failingSpanId: failing.spanId }),
    warnings,
  };
}

const noPlace: Place = { kind: 'code', name: '' };

function calleeOf(tree: Tree, span: TreeSpan): string | undefined {
  for (const place of span.children) {
    const service = tree.spans[place]?.stored.service;
    if (service !== undefined && service !== span.stored.service) return service;
  }
  return undefined;
}

function answerSpan(tree: Tree, span: TreeSpan, place: Place, selfNs: number): Span {
  const { stored } = span;
  const shiftNs = span.startNs - stored.startNs;
  return {
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    depth: span.depth,
    service: stored.service,
    name: stored.name,
    kind: stored.kind,
    component: place.kind,
    componentName: place.name,
    offsetNs: Number(span.startNs - tree.startNs),
    durationNs: span.durationNs,
    selfNs,
    status: stored.status,
    statusMessage: stored.statusMessage,
    attributes: stored.attributes,
    resource: stored.resource,
    scope: { name: stored.scope.name, version: stored.scope.version },
    events: stored.events.map(({ timeNs, name, attributes }) => ({
      name,
      offsetNs: Number(timeNs + shiftNs - tree.startNs),
      attributes,
    })),
    links: stored.links,
    orphan: span.orphan,
  };
}

/** Largest first. The parts sum to the trace's duration (timing.ts). */
function componentsOf(tree: Tree, places: readonly Place[]): Component[] {
  const { ofSpans, waitingNs } = sharesOf(tree);
  const sums = new Map<string, { place: Place; selfNs: number }>();
  const add = (place: Place, selfNs: number) => {
    const key = `${place.kind}\n${place.name}`;
    const sum = sums.get(key) ?? { place, selfNs: 0 };
    sums.set(key, sum);
    sum.selfNs += selfNs;
  };
  for (const [i, place] of places.entries()) add(place, ofSpans[i] ?? 0);
  add({ kind: 'waiting', name: '' }, waitingNs);
  return [...sums.values()]
    .filter(({ selfNs }) => selfNs > 0)
    .sort((a, b) => b.selfNs - a.selfNs)
    .map(({ place, selfNs }) => ({ ...place, selfNs, share: selfNs / tree.durationNs }));
}
