/** OTLP spans → span rows. A span that breaks a rule is refused alone, counted and named; the rest go on. */
import type { Limits, SpanEvent, SpanKind, SpanLink, SpanRow, SpanStatus } from '#model';
import { attributesRefused, originRefused, textsRefused } from './attributelimits.ts';
import { isSpanId, isTraceId, isZero } from './ids.ts';
import { serviceOf } from './resource.ts';
import { excerpt, type Tallies, type Tally, tallyOf } from './tally.ts';
import { nsToMs, outsideWindow, type Window, windowFault } from './window.ts';
import type { Wired, WireSpan, WireSpanEvent, WireSpanLink } from './wire.ts';

export interface SpanContext {
  readonly tenant: string;
  readonly window: Window;
  readonly limits: Limits['receive'];
}

/** Tallies are by service. */
export function spanRowsOf(
  wired: readonly Wired<WireSpan>[],
  context: SpanContext,
): { rows: SpanRow[]; tallies: Tallies } {
  const rows: SpanRow[] = [];
  const tallies: Tallies = new Map();
  for (const { resource, scopes } of wired) {
    const service = serviceOf(resource);
    const tally = tallyOf(tallies, service);
    for (const { scope, items } of scopes) {
      tally.receive(items.length);
      if (
        originRefused(resource, items.length, context.limits, tally) ||
        originRefused(scope, items.length, context.limits, tally)
      ) {
        continue;
      }
      for (const span of items) {
        if (!isRefused(span, context, tally))
          rows.push(rowOf(span, { tenant: context.tenant, service, resource, scope }));
      }
    }
  }
  return { rows, tallies };
}

function rowOf(span: WireSpan, from: Pick<SpanRow, 'tenant' | 'service' | 'resource' | 'scope'>): SpanRow {
  return {
    tenant: from.tenant,
    service: from.service,
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: isZero(span.parentSpanId) ? '' : span.parentSpanId,
    traceState: span.traceState,
    flags: span.flags,
    name: span.name,
    kind: kinds[span.kind] ?? 'unspecified',
    startNs: span.startNs,
    durationNs: span.endNs - span.startNs,
    status: statuses[span.statusCode] ?? 'unset',
    statusMessage: span.statusMessage,
    resource: from.resource,
    scope: from.scope,
    attributes: span.attributes,
    events: span.events.length === 0 ? noEvents : span.events.map(eventOf),
    links: span.links.length === 0 ? noLinks : span.links.map(linkOf),
    droppedAttributes: span.droppedAttributes,
    droppedEvents: span.droppedEvents,
    droppedLinks: span.droppedLinks,
  };
}

const kinds: readonly SpanKind[] = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const statuses: readonly SpanStatus[] = ['unset', 'ok', 'error'];
const noEvents: readonly SpanEvent[] = [];
const noLinks: readonly SpanLink[] = [];

function eventOf({ timeNs, name, attributes, droppedAttributes }: WireSpanEvent): SpanEvent {
  return { timeNs, name, attributes, droppedAttributes };
}

function linkOf({ traceId, spanId, traceState, flags, attributes, droppedAttributes }: WireSpanLink): SpanLink {
  return { traceId, spanId, traceState, flags, attributes, droppedAttributes };
}

function isRefused(span: WireSpan, { window, limits }: SpanContext, tally: Tally): boolean {
  const what = () => `span ${excerpt(span.name)}`;
  if (!isTraceId(span.traceId)) return refuseId('trace_id', span.traceId, 16, what, tally);
  if (!isSpanId(span.spanId)) return refuseId('span_id', span.spanId, 8, what, tally);
  if (!isZero(span.parentSpanId) && !isSpanId(span.parentSpanId)) {
    return refuseId('parent_span_id', span.parentSpanId, 8, what, tally);
  }
  if (outsideWindow(nsToMs(span.startNs), window)) return refuseTime(span, window, what, tally);
  if (span.endNs < span.startNs) return refuseEnd(span, what, tally);
  if (span.endNs - span.startNs > durationNsMax) return refuseDuration(span, what, tally);
  if (span.events.length > limits.spanEventsMax || span.links.length > limits.spanEventsMax) {
    tally.reject(
      'too_many_events',
      1,
      () =>
        `${what()} has ${span.events.length} events and ${span.links.length} links, limits.receive.spanEventsMax is ${limits.spanEventsMax}; send fewer`,
    );
    return true;
  }
  if (attributesRefused(span.attributes, limits, tally, what)) return true;
  if (textsRefused([span.name, span.statusMessage, span.traceState], limits, tally, what)) return true;
  return partsRefused(span, limits, tally, what);
}

function partsRefused(span: WireSpan, limits: Limits['receive'], tally: Tally, what: () => string): boolean {
  for (const event of span.events) {
    if (attributesRefused(event.attributes, limits, tally, what)) return true;
    if (textsRefused([event.name], limits, tally, what)) return true;
  }
  for (const link of span.links) {
    if (attributesRefused(link.attributes, limits, tally, what)) return true;
    if (textsRefused([link.traceState, link.traceId, link.spanId], limits, tally, what)) return true;
  }
  return false;
}

// A year: longer is a clock fault, and would outlive every retention.
const durationNsMax = 366n * 86_400_000_000_000n;

function refuseId(field: string, id: string, bytes: number, what: () => string, tally: Tally): true {
  const why = () =>
    isZero(id)
      ? `${field} of ${what()} is ${id === '' ? 'missing' : 'all zeros'}; set it`
      : `${field} of ${what()} is ${excerpt(id)}, and ${bytes} bytes (${bytes * 2} hex digits) are needed; pad a 64-bit trace id with zeros on the left`;
  tally.reject(`invalid_${field}`, 1, why);
  return true;
}

function refuseTime(span: WireSpan, window: Window, what: () => string, tally: Tally): true {
  if (span.startNs === 0n) {
    tally.reject('missing_time', 1, () => `${what()} has no start_time_unix_nano; set it`);
    return true;
  }
  const fault = windowFault(nsToMs(span.startNs), window, what());
  tally.reject(fault.reason, 1, fault.example);
  return true;
}

function refuseEnd(span: WireSpan, what: () => string, tally: Tally): true {
  tally.reject(
    'end_before_start',
    1,
    () => `${what()} ends at ${span.endNs} ns, before its start at ${span.startNs} ns; send a span when it has ended`,
  );
  return true;
}

function refuseDuration(span: WireSpan, what: () => string, tally: Tally): true {
  tally.reject(
    'duration_too_long',
    1,
    () => `${what()} lasts ${span.endNs - span.startNs} ns, more than a year; check its clock`,
  );
  return true;
}
