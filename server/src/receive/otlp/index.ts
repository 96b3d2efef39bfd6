/**
 * OTLP in: gRPC and HTTP, protobuf and JSON, traces, logs and metrics. Bytes → wire records → (normalise) → durable.
 * Refuses to know what a row means; that is normalise's business.
 */

export { type GrpcOptions, type OtlpGrpc, startOtlpGrpc } from './grpc.ts';
export { otlpHttpRoutes } from './http.ts';
export { decodeLogsJson, decodeMetricsJson, decodeTracesJson } from './jsonrequests.ts';
export { decodeLogs } from './logs.ts';
export { decodeMetrics } from './metrics.ts';
export { createOtlpReceiver, type Format, type OtlpReceiver, type OtlpRequest } from './receiver.ts';
export { decodeTraces } from './traces.ts';
