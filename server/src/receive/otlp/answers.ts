/** What an OTLP sender is told when its request was taken, whole or in part. Full success leaves `partial_success` unset. */
import { ProtoWriter, type Signal } from '#kit';

export interface Taken {
  readonly rejected: number;
  /** Undefined when everything was taken. With `rejected` 0 it is a warning. */
  readonly message: string | undefined;
}

export function takenProto({ rejected, message }: Taken): Buffer {
  if (message === undefined) return Buffer.alloc(0);
  return new ProtoWriter()
    .message(1, (partial) => {
      if (rejected > 0) partial.varint(1, rejected);
      partial.text(2, message);
    })
    .finish();
}

const rejectedNames = {
  traces: 'rejectedSpans',
  logs: 'rejectedLogRecords',
  metrics: 'rejectedDataPoints',
} as const satisfies Record<Signal, string>;

export function takenJson(signal: Signal, { rejected, message }: Taken): string {
  if (message === undefined) return '{}';
  // 64-bit integers are strings in protobuf's JSON.
  const counted = rejected > 0 ? { [rejectedNames[signal]]: String(rejected) } : {};
  return JSON.stringify({ partialSuccess: { ...counted, errorMessage: message } });
}
