/**
 * The request metrics that Farol knows without being told: OpenTelemetry's HTTP and RPC servers, the stable names and
 * those before them, and what Prometheus clients conventionally export (D2's and D3's names).
 */
export interface Dialect {
  /** The classic histogram's base name; `_bucket` is read. */
  readonly histogram: string;
  /** A counter of the same requests, where the histogram does not say how they ended. */
  readonly counter?: string;
  readonly msPerUnit: number;
  /** Labels by meaning; the first that a series has counts. */
  readonly methods: readonly string[];
  readonly routes: readonly string[];
  readonly statuses: readonly string[];
  readonly errorOf: (status: string) => boolean;
}

const httpError = (status: string) => /^5(\d\d|xx)$/i.test(status);
/** gRPC codes that are the server's fault: UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS. */
const grpcFaults = new Set([
  '2',
  '4',
  '12',
  '13',
  '14',
  '15',
  'UNKNOWN',
  'DEADLINE_EXCEEDED',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
]);
const grpcError = (status: string) => grpcFaults.has(status.toUpperCase());

const rpc = {
  methods: ['rpc_service'],
  routes: ['rpc_method'],
  statuses: ['rpc_response_status_code', 'rpc_grpc_status_code'],
  errorOf: grpcError,
};

export const dialects: readonly Dialect[] = [
  {
    histogram: 'http_server_request_duration_seconds',
    msPerUnit: 1000,
    methods: ['http_request_method'],
    routes: ['http_route'],
    statuses: ['http_response_status_code'],
    errorOf: httpError,
  },
  {
    histogram: 'http_server_duration_milliseconds',
    msPerUnit: 1,
    methods: ['http_method'],
    routes: ['http_route', 'http_target'],
    statuses: ['http_status_code'],
    errorOf: httpError,
  },
  { histogram: 'rpc_server_call_duration_seconds', msPerUnit: 1000, ...rpc },
  { histogram: 'rpc_server_duration_seconds', msPerUnit: 1000, ...rpc },
  { histogram: 'rpc_server_duration_milliseconds', msPerUnit: 1, ...rpc },
  {
    histogram: 'http_request_duration_seconds',
    counter: 'http_requests_total',
    msPerUnit: 1000,
    methods: ['method'],
    routes: ['route', 'endpoint', 'path', 'handler', 'uri'],
    statuses: ['status_code', 'status', 'code'],
    errorOf: httpError,
  },
];

export const requestMetrics: readonly string[] = dialects.flatMap(({ histogram, counter }) => [
  `${histogram}_bucket`,
  ...(counter ? [counter] : []),
]);
