/** What the counters must say, worked out slowly and plainly from the spans that the store has. */
import { type Store, sql, text } from '../../server/src/store/index.ts';
import { seriesText } from './rig.ts';

interface StoredRow {
  readonly service: string;
  readonly name: string;
  readonly kind: string;
  readonly status: string;
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id: string;
  readonly duration_ns: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** OTLP JSON. */
  readonly links: string;
}

const latencyBounds = Array.from({ length: 14 }, (_, i) => 0.002 * 2 ** i);
const requestBounds = Array.from({ length: 8 }, (_, i) => 0.1 * 2 ** i);

export async function slowCount(store: Store, tenant: string): Promise<Map<string, number>> {
  const spans = await store.ask<StoredRow>(
    sql`SELECT service, name, kind, status, trace_id, span_id, parent_span_id, duration_ns, attributes, links
FROM spans WHERE tenant = ${text(tenant)}`,
    { signal: AbortSignal.timeout(60_000) },
  );
  const counts = new Map<string, number>();
  const add = (name: string, labels: Record<string, string>, value: number) => {
    const key = seriesText(Object.entries({ __name__: name, ...labels }));
    counts.set(key, (counts.get(key) ?? 0) + value);
  };
  const time = (name: string, labels: Record<string, string>, ns: number, bounds: readonly number[]) => {
    for (const bound of [...bounds, Number.POSITIVE_INFINITY]) {
      const le = bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound);
      add(`${name}_bucket`, { ...labels, le }, ns / 1e9 <= bound ? 1 : 0);
    }
    add(`${name}_sum`, labels, ns / 1e9);
    add(`${name}_count`, labels, 1);
  };
  const request = (client: string, server: string, type: string, [caller, callee]: [StoredRow, StoredRow]) => {
    const labels = { client, server, connection_type: type };
    add('traces_service_graph_request_total', labels, 1);
    const failed = caller.status === 'error' || callee.status === 'error';
    add('traces_service_graph_request_failed_total', labels, failed ? 1 : 0);
    time('traces_service_graph_request_client_seconds', labels, Number(caller.duration_ns), requestBounds);
    time('traces_service_graph_request_server_seconds', labels, Number(callee.duration_ns), requestBounds);
  };
  const unpaired = (labels: Record<string, string>) => {
    add('traces_service_graph_unpaired_spans_total', labels, 1);
    add('traces_service_graph_dropped_spans_total', labels, 0);
  };
  for (const span of spans) {
    const labels = {
      service: span.service,
      span_name: span.name,
      span_kind: `SPAN_KIND_${span.kind.toUpperCase()}`,
      status_code: `STATUS_CODE_${span.status.toUpperCase()}`,
    };
    add('traces_spanmetrics_calls_total', labels, 1);
    time('traces_spanmetrics_latency', labels, Number(span.duration_ns), latencyBounds);
    if (span.kind === 'client' || span.kind === 'producer') {
      const database = span.attributes['db.system.name'];
      const peer = span.attributes['messaging.system'] ?? span.attributes['server.address'];
      const callees = spans.filter(
        (other) => isCallee(other) && callersOf(other).some((caller) => isSpan(span, caller)),
      );
      if (database) request(span.service, database, 'database', [span, span]);
      else if (callees.length > 0) continue;
      else if (peer) request(span.service, peer, 'virtual_node', [span, span]);
      else unpaired({ client: span.service });
    } else if (isCallee(span)) {
      const asked = callersOf(span);
      if (asked.length === 0) request('user', span.service, 'virtual_node', [span, span]);
      for (const one of asked) {
        const caller = spans.find((other) => isCaller(other) && isSpan(other, one));
        if (caller === undefined) unpaired({ server: span.service });
        else {
          const type = caller.kind === 'producer' ? 'messaging_system' : '';
          request(caller.service, span.service, type, [caller, span]);
        }
      }
    }
  }
  return counts;
}

const isCallee = ({ kind }: StoredRow): boolean => kind === 'server' || kind === 'consumer';
const isCaller = ({ kind }: StoredRow): boolean => kind === 'client' || kind === 'producer';
const isSpan = (span: StoredRow, ids: Ids): boolean => span.trace_id === ids.traceId && span.span_id === ids.spanId;

interface Ids {
  readonly traceId: string;
  readonly spanId: string;
}

function callersOf({ kind, links, trace_id, parent_span_id }: StoredRow): Ids[] {
  if (kind === 'consumer' && links !== '') return JSON.parse(links) as Ids[];
  return parent_span_id === '' ? [] : [{ traceId: trace_id, spanId: parent_span_id }];
}
