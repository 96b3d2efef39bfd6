/** Histograms of durations that are also told by spans, and how their labels and the spans' attributes say the same. */
import { type Labels, labelValue } from '#model';
import { type Dialect, dialects } from './dialects.ts';

interface Names {
  readonly labels: readonly string[];
  /** The first that a span has counts. */
  readonly attributes: readonly string[];
}

export type Meaning =
  | 'method'
  | 'route'
  | 'status'
  | 'rpcService'
  | 'rpcMethod'
  | 'rpcStatus'
  | 'server'
  | 'database'
  | 'operation';

const isRpc = ({ histogram }: Dialect): boolean => histogram.startsWith('rpc_');
const httpDialects = dialects.filter((dialect) => !isRpc(dialect));
const rpcDialects = dialects.filter(isRpc);

export const meanings: Readonly<Record<Meaning, Names>> = {
  method: {
    labels: httpDialects.flatMap(({ methods }) => methods),
    attributes: ['http.request.method', 'http.method'],
  },
  route: { labels: httpDialects.flatMap(({ routes }) => routes), attributes: ['http.route', 'http.target'] },
  status: {
    labels: httpDialects.flatMap(({ statuses }) => statuses),
    attributes: ['http.response.status_code', 'http.status_code'],
  },
  rpcService: { labels: rpcDialects.flatMap(({ methods }) => methods), attributes: ['rpc.service'] },
  rpcMethod: { labels: rpcDialects.flatMap(({ routes }) => routes), attributes: ['rpc.method'] },
  rpcStatus: {
    labels: rpcDialects.flatMap(({ statuses }) => statuses),
    attributes: ['rpc.response.status_code', 'rpc.grpc.status_code'],
  },
  server: { labels: ['server_address', 'net_peer_name'], attributes: ['server.address', 'net.peer.name'] },
  database: { labels: ['db_system_name', 'db_system'], attributes: ['db.system.name', 'db.system'] },
  operation: { labels: ['db_operation_name', 'db_operation'], attributes: ['db.operation.name', 'db.operation'] },
};

export interface DurationFamily {
  readonly bucketMetric: string;
  readonly msPerUnit: number;
  /** Which side of the request measures. */
  readonly role: 'callee' | 'caller';
  /** A span without the first is not of this family. */
  readonly meanings: readonly [Meaning, ...Meaning[]];
}

const http = ['method', 'route', 'status'] as const;
const httpOut = ['method', 'status', 'server'] as const;
const rpc = ['rpcMethod', 'rpcService', 'rpcStatus'] as const;

export const durationFamilies: readonly DurationFamily[] = [
  ...dialects.map(
    (dialect): DurationFamily => ({
      bucketMetric: `${dialect.histogram}_bucket`,
      msPerUnit: dialect.msPerUnit,
      role: 'callee',
      meanings: isRpc(dialect) ? rpc : http,
    }),
  ),
  { bucketMetric: 'http_client_request_duration_seconds_bucket', msPerUnit: 1000, role: 'caller', meanings: httpOut },
  { bucketMetric: 'http_client_duration_milliseconds_bucket', msPerUnit: 1, role: 'caller', meanings: httpOut },
  { bucketMetric: 'rpc_client_call_duration_seconds_bucket', msPerUnit: 1000, role: 'caller', meanings: rpc },
  { bucketMetric: 'rpc_client_duration_milliseconds_bucket', msPerUnit: 1, role: 'caller', meanings: rpc },
  {
    bucketMetric: 'db_client_operation_duration_seconds_bucket',
    msPerUnit: 1000,
    role: 'caller',
    meanings: ['database', 'operation', 'server'],
  },
];

/** What the series' labels say of it, '' when nothing. */
export function spoken(labels: Labels, meaning: Meaning): string {
  for (const name of meanings[meaning].labels) {
    const value = labelValue(labels, name);
    if (value !== '') return value;
  }
  return '';
}

/** A status may be told as its class: `5xx` is said by `503`. */
export function saysTheSame(label: string, attribute: string): boolean {
  if (/^[1-5]xx$/i.test(label)) return attribute.length === 3 && attribute[0] === label[0];
  return label === attribute;
}
