/** A trace in the JSON of Jaeger's query API (jaegertracing/jaeger, model/json; times and durations in microseconds). */
import type { Attribute } from '@farol/contract';
import { assembleTree, type StoredSpan, type TreeSpan } from '#query/traces';

export interface JaegerTrace {
  readonly traceID: string;
  readonly spans: readonly JaegerSpan[];
  readonly processes: Readonly<Record<string, JaegerProcess>>;
  readonly warnings: readonly string[] | null;
}

interface JaegerSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly flags?: number;
  readonly operationName: string;
  readonly references: readonly JaegerReference[];
  readonly startTime: number;
  readonly duration: number;
  readonly tags: readonly JaegerTag[];
  readonly logs: readonly { readonly timestamp: number; readonly fields: readonly JaegerTag[] }[];
  readonly processID: string;
  readonly warnings: readonly string[] | null;
}

interface JaegerReference {
  readonly refType: 'CHILD_OF' | 'FOLLOWS_FROM';
  readonly traceID: string;
  readonly spanID: string;
}

interface JaegerTag {
  readonly key: string;
  readonly type: 'string' | 'bool' | 'int64' | 'float64' | 'binary';
  readonly value: string | number | boolean;
}

interface JaegerProcess {
  readonly serviceName: string;
  readonly tags: readonly JaegerTag[];
}

interface Telling {
  readonly warnings?: readonly string[];
  /** As it was sent: clocks are not aligned, ids stay as they are, nothing is sorted or merged. */
  readonly raw?: boolean;
}

export function jaegerTrace(
  traceId: string,
  stored: readonly StoredSpan[],
  { warnings = [], raw = false }: Telling = {},
): JaegerTrace {
  const tree = raw ? { spans: stored.map(untouched), warnings: [] } : assembleTree(stored);
  const processes = new ProcessTable();
  const spans = tree.spans.map((span) => jaegerSpan(span, processes.idOf(span.stored)));
  const all = [...warnings, ...tree.warnings];
  return { traceID: traceId, spans, processes: processes.byId, warnings: all.length > 0 ? all : null };
}

type ToldSpan = Pick<TreeSpan, 'stored' | 'spanId' | 'parentSpanId' | 'startNs' | 'durationNs' | 'orphan'>;

function untouched(stored: StoredSpan): ToldSpan {
  const { spanId, parentSpanId, startNs, durationNs } = stored;
  return { stored, spanId, parentSpanId, startNs, durationNs, orphan: false };
}

/** Spans of one service with one resource share a process: p1, p2 … in order of appearance. */
class ProcessTable {
  readonly byId: Record<string, JaegerProcess> = {};
  private readonly ids = new Map<string, string>();

  idOf({ service, resource }: StoredSpan): string {
    const key = JSON.stringify([service, resource]);
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const id = `p${this.ids.size + 1}`;
    this.ids.set(key, id);
    const tags = resource.filter((attribute) => attribute.key !== 'service.name').map(tagOf);
    this.byId[id] = { serviceName: service, tags };
    return id;
  }
}

function jaegerSpan(span: ToldSpan, processID: string): JaegerSpan {
  const { stored } = span;
  const shiftNs = span.startNs - stored.startNs;
  return {
    traceID: stored.traceId,
    spanID: span.spanId,
    ...(stored.flags !== 0 && { flags: stored.flags & 0xff }),
    operationName: stored.name,
    references: referencesOf(span),
    startTime: micros(span.startNs),
    duration: Math.floor(span.durationNs / 1000),
    tags: tagsOf(stored),
    logs: stored.events.map(({ name, timeNs, attributes }) => ({
      timestamp: micros(timeNs + shiftNs),
      fields: [...(name === '' ? [] : [textTag('event', name)]), ...attributes.map(tagOf)],
    })),
    processID,
    warnings: span.orphan ? [`the parent ${span.parentSpanId} has not arrived`] : null,
  };
}

const micros = (ns: bigint): number => Number(ns / 1000n);

/** The parent first; then links, which follow from unless they say (as OpenTracing's bridge does) that they are parents. */
function referencesOf({ stored, parentSpanId }: ToldSpan): JaegerReference[] {
  const parent: JaegerReference[] =
    parentSpanId === '' ? [] : [{ refType: 'CHILD_OF', traceID: stored.traceId, spanID: parentSpanId }];
  const links = stored.links
    .filter((link) => link.spanId !== parentSpanId || link.traceId !== stored.traceId)
    // A link to nothing, which some SDKs send, would be followed to a trace that cannot be.
    .filter((link) => !/^0*$/.test(link.traceId) && !/^0*$/.test(link.spanId))
    .map(({ traceId, spanId, attributes }): JaegerReference => {
      const isParent = attributes.some(({ key, value }) => key === 'opentracing.ref_type' && value === 'child_of');
      return { refType: isParent ? 'CHILD_OF' : 'FOLLOWS_FROM', traceID: traceId, spanID: spanId };
    });
  return [...parent, ...links];
}

function tagsOf(span: StoredSpan): JaegerTag[] {
  const tags: JaegerTag[] = [];
  if (span.scope.name !== '') tags.push(textTag('otel.scope.name', span.scope.name));
  if (span.scope.version !== '') tags.push(textTag('otel.scope.version', span.scope.version));
  tags.push(...span.scope.attributes.map(tagOf), ...span.attributes.map(tagOf));
  if (span.kind !== 'unspecified') tags.push(textTag('span.kind', span.kind));
  if (span.status !== 'unset') tags.push(textTag('otel.status_code', span.status.toUpperCase()));
  if (span.status === 'error') tags.push({ key: 'error', type: 'bool', value: true });
  if (span.statusMessage !== '') tags.push(textTag('otel.status_description', span.statusMessage));
  if (span.traceState !== '') tags.push(textTag('w3c.tracestate', span.traceState));
  return tags;
}

/** Zipkin's and Jaeger's old clients send IPv4 addresses as one number. */
const ipKeys = new Set(['ip', 'peer.ipv4']);

function dottedAddress(address: number): string {
  return [24, 16, 8, 0].map((bits) => (address >>> bits) & 0xff).join('.');
}

const textTag = (key: string, value: string): JaegerTag => ({ key, type: 'string', value });

function tagOf({ key, value, type }: Attribute): JaegerTag {
  switch (type) {
    case 'bool':
      return { key, type: 'bool', value: value === 'true' };
    case 'int':
      if (ipKeys.has(key)) return textTag(key, dottedAddress(Number(value)));
      // A number that JavaScript would round is given as its digits, as Jaeger does for its UI.
      return { key, type: 'int64', value: Number.isSafeInteger(Number(value)) ? Number(value) : value };
    case 'double':
      return { key, type: 'float64', value: Number.isFinite(Number(value)) ? Number(value) : value };
    case 'bytes':
      return { key, type: 'binary', value };
    case 'array':
    case 'kvlist':
      return textTag(key, plainJson(value));
    case 'string':
    case 'empty':
      return textTag(key, value);
  }
}

/** OTLP's `{"values":[{"stringValue":"a"}]}` as people write it: `["a"]`. */
function plainJson(otlp: string): string {
  try {
    return JSON.stringify(plain(JSON.parse(otlp)));
  } catch {
    // What was stored as text of a list and is none is shown as it is.
    return otlp;
  }
}

function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { values, ...single } = value as { values?: unknown };
  if (!Array.isArray(values)) {
    const [inner] = Object.values(single);
    return inner === undefined ? null : plain(inner);
  }
  const keyed = values.length > 0 && values.every((item) => typeof item?.key === 'string');
  return keyed ? Object.fromEntries(values.map(({ key, value }) => [key, plain(value)])) : values.map(plain);
}
