import type { Attribute } from '@farol/contract';
import { expect, test } from 'vitest';
import type { StoredSpan } from '#query/traces';
import { jaegerTrace } from './model.ts';

const attribute = (key: string, value: string, type: Attribute['type']): Attribute => ({ key, value, type });

const span: StoredSpan = {
  traceId: '1'.padStart(32, '0'),
  spanId: '2'.padStart(16, '0'),
  parentSpanId: '1'.padStart(16, '0'),
  traceState: 'a=b',
  flags: 257,
  service: 'api',
  name: 'GET /',
  kind: 'server',
  startNs: 1_485_449_191_639_875_999n,
  durationNs: 5999,
  status: 'error',
  statusMessage: 'broken',
  attributes: [
    attribute('n', '5', 'int'),
    attribute('big', '9007199254740993', 'int'),
    attribute('f', '72.5', 'double'),
    attribute('nan', 'NaN', 'double'),
    attribute('ok', 'true', 'bool'),
    attribute('blob', 'AAAwOQ==', 'bytes'),
    attribute('list', '{"values":[{"stringValue":"a"},{"intValue":"1"}]}', 'array'),
    attribute('map', '{"values":[{"key":"k","value":{"boolValue":true}}]}', 'kvlist'),
  ],
  resource: [attribute('service.name', 'api', 'string'), attribute('host.name', 'h', 'string')],
  scope: { name: 'lib', version: '1', attributes: [] },
  events: [{ name: 'exception', timeNs: 1_485_449_191_639_876_500n, attributes: [attribute('a', 'b', 'string')] }],
  links: [
    { traceId: 'f'.repeat(32), spanId: 'f'.repeat(16), attributes: [] },
    {
      traceId: 'f'.repeat(32),
      spanId: 'e'.repeat(16),
      attributes: [attribute('opentracing.ref_type', 'child_of', 'string')],
    },
  ],
};

test("a span is told in Jaeger's words, types and microseconds", () => {
  expect(jaegerTrace(span.traceId, [span])).toMatchSnapshot();
});

test('spans of one resource share a process', () => {
  const other = { ...span, spanId: '3'.padStart(16, '0'), resource: [] };
  const again = { ...span, spanId: '4'.padStart(16, '0') };
  const trace = jaegerTrace(span.traceId, [span, other, again]);
  expect(trace.spans.map((s) => s.processID).sort()).toEqual(['p1', 'p1', 'p2']);
  expect(Object.keys(trace.processes)).toEqual(['p1', 'p2']);
});
