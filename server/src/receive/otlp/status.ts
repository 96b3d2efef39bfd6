/** `google.rpc.Status`: what an OTLP sender is told when its request is refused, as protobuf and as JSON. */
import { ProtoWriter } from '#kit';
import type { Refusal } from '#model';

/** gRPC's codes, as far as OTLP uses them. */
const grpcCodes = {
  invalidArgument: 3,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/**
 * RESOURCE_EXHAUSTED without RetryInfo says "never retry" (too large); everything that may pass later is UNAVAILABLE.
 */
export function grpcCodeOf(refusal: Refusal): number {
  if (refusal.retry) return grpcCodes.unavailable;
  switch (refusal.status) {
    case 401:
      return grpcCodes.unauthenticated;
    case 403:
      return grpcCodes.permissionDenied;
    case 404:
      return grpcCodes.notFound;
    case 405:
    case 415:
      return grpcCodes.unimplemented;
    case 413:
      return grpcCodes.resourceExhausted;
    default:
      return refusal.status >= 500 ? grpcCodes.internal : grpcCodes.invalidArgument;
  }
}

const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';

/** With RetryInfo when a retry is welcome. */
export function statusProto(refusal: Refusal): Buffer {
  const status = new ProtoWriter().varint(1, grpcCodeOf(refusal)).text(2, refusal.message);
  if (refusal.retry) {
    const delaySeconds = Math.ceil(refusal.retryAfterSeconds ?? 1);
    status.message(3, (detail) =>
      detail.text(1, RETRY_INFO).message(2, (info) => info.message(1, (delay) => delay.varint(1, delaySeconds))),
    );
  }
  return status.finish();
}

export function statusJson(refusal: Refusal): string {
  const retryDelay = `${Math.ceil(refusal.retryAfterSeconds ?? 1)}s`;
  return JSON.stringify({
    code: grpcCodeOf(refusal),
    message: refusal.message,
    ...(refusal.retry && { details: [{ '@type': RETRY_INFO, retryDelay }] }),
  });
}
