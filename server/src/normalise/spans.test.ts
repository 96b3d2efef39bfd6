import { expect, test } from 'vitest';
import { limits, noAttributes } from '#model';
import { spanRowsOf } from './spans.ts';
import { windowAt } from './window.ts';
import type { WireSpan } from './wire.ts';

const nowMs = Date.UTC(2026, 0, 15);
const nowNs = BigInt(nowMs) * 1_000_000n;

const good: WireSpan = {
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
  parentSpanId: '',
  traceState: '',
  flags: 0,
  name: 'GET /',
  kind: 2,
  startNs: nowNs,
  endNs: nowNs + 1_000n,
  attributes: noAttributes,
  droppedAttributes: 0,
  events: [],
  droppedEvents: 0,
  links: [],
  droppedLinks: 0,
  statusCode: 2,
  statusMessage: 'boom',
};

const resource = {
  attributes: { keys: ['service.name'], values: ['shop'] },
  schemaUrl: '',
  droppedAttributes: 0,
};
const scope = { name: 's', version: '', schemaUrl: '', attributes: noAttributes, droppedAttributes: 0 };
const context = {
  tenant: 'main',
  window: windowAt(nowMs, 7 * 86_400_000, limits.receive.futureMsMax),
  limits: limits.receive,
};

const translate = (...spans: WireSpan[]) => spanRowsOf([{ resource, scopes: [{ scope, items: spans }] }], context);

test('a span becomes a row with its service, kind, status and exact times', () => {
  const { rows, tallies } = translate(good);
  expect(rows[0]).toMatchObject({
    service: 'shop',
    kind: 'server',
    status: 'error',
    startNs: nowNs,
    durationNs: 1000n,
  });
  expect(tallies.get('shop')?.rejected).toBe(0);
});

test('F44: what cannot be a span is refused alone, with a reason and a way out', () => {
  const f = (change: Partial<WireSpan>, reason: string, example: RegExp) => {
    const { rows, tallies } = translate({ ...good, ...change }, good);
    expect(rows).toHaveLength(1);
    const [was, said] = [...(tallies.get('shop')?.reasons ?? [])][0] ?? [];
    expect(was).toBe(reason);
    expect(said?.example).toMatch(example);
  };
  f({ traceId: '00000000000000000000000000000000' }, 'invalid_trace_id', /all zeros/);
  f({ traceId: 'd269b633813fc60c' }, 'invalid_trace_id', /pad a 64-bit/);
  f({ traceId: '' }, 'invalid_trace_id', /missing/);
  f({ traceId: 'W47/95gDgQPSabYzgT/GDA==' }, 'invalid_trace_id', /32 hex digits/);
  f({ spanId: '0000000000000000' }, 'invalid_span_id', /all zeros/);
  f({ spanId: 'eee19b7ec3c1b17' }, 'invalid_span_id', /8 bytes/);
  f({ parentSpanId: 'xyz' }, 'invalid_parent_span_id', /8 bytes/);
  f({ endNs: nowNs - 1n }, 'end_before_start', /before its start/);
  f({ startNs: 0n }, 'missing_time', /start_time_unix_nano/);
  f({ startNs: BigInt(Math.floor(nowMs / 1000)) }, 'too_old', /looks like seconds where nanoseconds/);
  f({ startNs: nowNs - 8n * 86_400_000_000_000n }, 'too_old', /retention of 7 d/);
  f({ startNs: nowNs + 3_600_000_000_000n, endNs: nowNs * 2n }, 'too_far_in_future', /futureMsMax is 600000/);
  f({ endNs: 2n ** 64n - 1n }, 'duration_too_long', /more than a year/);
  f({ startNs: 2n ** 64n - 1n, endNs: 2n ** 64n - 1n }, 'too_far_in_future', /ahead/);
  f(
    { attributes: { keys: ['big'], values: ['x'.repeat(10_000_000)] } },
    'attribute_too_long',
    /attributeBytesMax is 65536/,
  );
  f(
    { attributes: { keys: Array(300).fill('k'), values: Array(300).fill('v') } },
    'too_many_attributes',
    /attributesMax is 256/,
  );
  f({ name: 'n'.repeat(100_000) }, 'text_too_long', /attributeBytesMax/);
});

test('an all-zero parent means a root, and ids in another case were lowered by the decoder', () => {
  expect(translate({ ...good, parentSpanId: '0000000000000000' }).rows[0]?.parentSpanId).toBe('');
  expect(translate({ ...good, kind: 99, statusCode: 7 }).rows[0]).toMatchObject({
    kind: 'unspecified',
    status: 'unset',
  });
});
