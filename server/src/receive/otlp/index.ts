/**
 * OTLP in: gRPC and HTTP, protobuf and JSON, traces, logs and metrics. Bytes → wire records → (normalise) → durable.
 * Refuses to know what a row means; that is normalise's business.
 */

export { startOtlpGrpc } from './grpc.ts';
export { otlpHttpRoutes } from './http.ts';
export { decodeLogsJson, decodeTracesJson } from './jsonrequests.ts';
export { decodeLogs } from './logs.ts';
export { decodeMetrics } from './metrics.ts';
export { createOtlpReceiver } from './receiver.ts';
export { readSpansJson } from './spansjson.ts';
export { decodeTraces } from './traces.ts';
