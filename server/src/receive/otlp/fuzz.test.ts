import { expect, test } from 'vitest';
import { Refusal } from '#model';
import {
  attribute,
  bytes,
  double,
  fixed64,
  hex,
  int,
  message,
  packed64,
  packedDoubles,
  packedVarints,
  resourceOf,
  sint,
  text,
} from '../payloads.testing.ts';
import { createSink, imbalance, testNowMs } from '../sink.testing.ts';
import { createOtlpReceiver } from './index.ts';

const nowNs = BigInt(testNowMs) * 1_000_000n;
const ids = [hex(1, '5b8efff798038103d269b633813fc60c'), hex(2, 'eee19b7ec3c1b174')];
const event = message(11, fixed64(1, nowNs), text(2, 'exception'), attribute(3, 'exception.type', 'Error'));
const link = message(13, ...ids, text(3, 'a=b'), attribute(4, 'k', 'v'));

const payloads = {
  traces: resourceOf(
    'shop',
    message(
      2,
      ...ids,
      text(5, 'n'),
      int(6, 2),
      fixed64(7, nowNs),
      fixed64(8, nowNs),
      attribute(9, 'k', 'ção'),
      event,
      link,
    ),
    message(2, ...ids, message(9, text(1, 'l'), message(2, message(5, message(1, text(1, 'x')))))),
  ),
  logs: resourceOf(
    'shop',
    message(2, fixed64(1, nowNs), int(2, 9), message(5, text(1, '{"level":30}')), attribute(6, 'k', 'v')),
    message(
      2,
      fixed64(11, nowNs),
      message(5, message(6, message(1, text(1, 'a'), message(2, bytes(7, Buffer.from('b')))))),
    ),
  ),
  metrics: resourceOf(
    'shop',
    message(2, text(1, 'g'), message(5, message(1, attribute(7, 'k', 'v'), fixed64(3, nowNs), double(4, 1)))),
    message(
      2,
      text(1, 'h'),
      message(
        9,
        message(1, fixed64(3, nowNs), fixed64(4, 3), double(5, 1), packed64(6, [1, 2]), packedDoubles(7, [1])),
        int(2, 1),
      ),
    ),
    message(
      2,
      text(1, 'e'),
      message(
        10,
        message(1, fixed64(3, nowNs), fixed64(4, 3), sint(6, 20), message(8, sint(1, -4), packedVarints(2, [1, 2]))),
        int(2, 1),
      ),
    ),
    message(2, text(1, 's'), message(11, message(1, fixed64(3, nowNs), message(6, double(1, 0.5), double(2, 1))))),
  ),
};

/** A small generator, so that a failure can be repeated from its seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

function damaged(body: Buffer, random: () => number): Buffer {
  const copy = Buffer.from(body.subarray(0, random() < 0.3 ? Math.floor(random() * body.length) : body.length));
  for (let flips = Math.floor(random() * 4); flips > 0 && copy.length > 0; flips--) {
    const at = Math.floor(random() * copy.length);
    copy[at] = (copy[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  }
  return copy;
}

test.each(['traces', 'logs', 'metrics'] as const)(
  'damaged %s never crash: taken, partly taken, or a clean refusal',
  async (signal) => {
    const sink = createSink();
    const receiver = createOtlpReceiver(sink);
    const random = randomFrom(42);
    let refused = 0;
    for (let round = 0; round < 4000; round++) {
      const body = damaged(payloads[signal], random);
      const request = {
        protocol: 'otlp-http',
        signal,
        format: 'protobuf',
        tenant: 'main',
        body,
        lease: sink.budget.lease(),
        agent: 'fuzz',
      } as const;
      try {
        await receiver.receive(request);
      } catch (error) {
        expect(error, `seed 42, round ${round}`).toBeInstanceOf(Refusal);
        expect((error as Refusal).status).toBe(400);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(100);
    expect(imbalance(sink.ledger)).toEqual([]);
  },
);
