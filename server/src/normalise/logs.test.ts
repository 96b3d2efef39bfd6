import { expect, test } from 'vitest';
import { type Attributes, limits, noAttributes } from '#model';
import { logRowsOf } from './logs.ts';
import { promotedBy } from './resource.ts';
import { windowAt } from './window.ts';
import type { WireLog } from './wire.ts';

const nowMs = Date.UTC(2026, 0, 15);
const nowNs = BigInt(nowMs) * 1_000_000n;
const traceId = '5b8efff798038103d269b633813fc60c';

const good: WireLog = {
  timeNs: nowNs,
  observedNs: nowNs + 5n,
  severityNumber: 0,
  severityText: '',
  body: '',
  bodyType: 'string',
  traceId: '',
  spanId: '',
  flags: 0,
  eventName: '',
  attributes: noAttributes,
  droppedAttributes: 0,
};

function translate(change: Partial<WireLog>, resourceAttributes: Attributes = noAttributes) {
  const resource = { attributes: resourceAttributes, schemaUrl: '', droppedAttributes: 0 };
  const scope = { name: '', version: '', schemaUrl: '', attributes: noAttributes, droppedAttributes: 0 };
  const { rows, tallies } = logRowsOf([{ resource, scopes: [{ scope, items: [{ ...good, ...change }] }] }], {
    tenant: 'main',
    window: windowAt(nowMs, 30 * 86_400_000, limits.receive.futureMsMax),
    limits: limits.receive,
    isPromoted: promotedBy(['k8s.*']),
  });
  const [tally] = tallies.values();
  return { row: rows[0], reasons: [...(tally?.reasons.keys() ?? [])] };
}

test('the level comes from the number, else the text, else the attributes, else the line', () => {
  const f = (change: Partial<WireLog>, level: string) => expect(translate(change).row?.level).toBe(level);
  f({ severityNumber: 17, severityText: 'INFO', body: '{"level":30}' }, 'error');
  f({ severityText: 'Warning' }, 'warn');
  f({ attributes: { keys: ['level'], values: ['debug'] }, body: '{"level":50}' }, 'debug');
  f({ body: '{"level":50,"msg":"x"}' }, 'error');
  f({ body: 'time=1 level=warn' }, 'warn');
  f({ body: '12:00 FATAL out of memory' }, 'fatal');
  f({ body: 'hello' }, 'unknown');
});

test('the trace comes from the record, else its attributes, else the line; an invalid id is none', () => {
  const f = (change: Partial<WireLog>, id: string) => expect(translate(change).row?.traceId).toBe(id);
  f({ traceId }, traceId);
  f({ traceId: 'd269b633813fc60c' }, '');
  f({ traceId: '00000000000000000000000000000000', body: `{"trace_id":"${traceId.toUpperCase()}"}` }, traceId);
  f({ attributes: { keys: ['traceId'], values: [traceId] } }, traceId);
  f({ body: '{"trace_id":"nonsense"}' }, '');
});

test('the body stays as it came, and an unset time is the observed time, else now', () => {
  const body = '{"level":30,"msg":"é\\u0000"}';
  expect(translate({ body }).row?.body).toBe(body);
  expect(translate({ timeNs: 0n }).row).toMatchObject({ timeNs: nowNs + 5n, observedNs: nowNs + 5n });
  expect(translate({ timeNs: 0n, observedNs: 0n }).row).toMatchObject({ timeNs: nowNs, observedNs: 0n });
});

test('a service without a name has one, and the stream holds what is promoted', () => {
  expect(translate({}).row).toMatchObject({ service: 'unknown_service', stream: ['service_name', 'unknown_service'] });
  const attributes = { keys: ['service.name', 'k8s.pod.name', 'other'], values: ['shop', 'p-1', 'x'] };
  expect(translate({}, attributes).row?.stream).toEqual(['k8s_pod_name', 'p-1', 'service_name', 'shop']);
});

test('what is too large, too old or too far ahead is refused by name', () => {
  const f = (change: Partial<WireLog>, reason: string) => expect(translate(change).reasons).toEqual([reason]);
  f({ body: 'x'.repeat(300_000) }, 'line_too_long');
  f({ severityText: 'x'.repeat(70_000) }, 'text_too_long');
  f({ timeNs: 5n }, 'too_old');
  f({ timeNs: nowNs + 3_600_000_000_000n }, 'too_far_in_future');
  f({ attributes: { keys: ['k'], values: ['x'.repeat(70_000)] } }, 'attribute_too_long');
  expect(translate({}, { keys: ['k'], values: ['x'.repeat(70_000)] }).reasons).toEqual(['attribute_too_long']);
});
