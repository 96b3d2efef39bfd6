import type { IngestAnswer, IngestSender } from '@farol/contract';

export interface Light {
  readonly signal: IngestSender['signal'];
  readonly stored: number;
  readonly rejected: number;
  readonly lastSeenMs?: number;
}

/** What the reader's own systems sent, per signal. What Farol tells about itself turns no light. Pure. */
export function lightsOf(answer: IngestAnswer): readonly Light[] {
  const others = answer.senders.filter(({ protocol }) => protocol !== 'self');
  return (['traces', 'metrics', 'logs'] as const).map((signal) => {
    const senders = others.filter((sender) => sender.signal === signal);
    return {
      signal,
      stored: sum(senders.map(({ stored }) => stored)),
      rejected: sum(senders.flatMap(({ rejected }) => rejected.map(({ count }) => count))),
      lastSeenMs: senders.length === 0 ? undefined : Math.max(...senders.map(({ lastSeenMs }) => lastSeenMs)),
    };
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
