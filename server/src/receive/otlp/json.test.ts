import { expect, test } from 'vitest';
import { parseJson } from '../json.ts';
import { double, fixed64, hex, int, message, resourceOf, text } from '../payloads.testing.ts';
import { decodeLogsJson, decodeMetricsJson, decodeTracesJson } from './jsonrequests.ts';
import { decodeLogs } from './logs.ts';
import { decodeTraces } from './traces.ts';

const body = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const spanJson = (span: string) => body(`{"resourceSpans":[{"scopeSpans":[{"spans":[${span}]}]}]}`);
const spanOf = (span: string) => decodeTracesJson(spanJson(span), 64)[0]?.scopes[0]?.items[0];

test('F46: 64-bit integers are exact as strings and as numbers', () => {
  const time = 1_795_308_049_863_185_123n;
  expect(spanOf(`{"startTimeUnixNano":"${time}","endTimeUnixNano":${time}}`)).toMatchObject({
    startNs: time,
    endNs: time,
  });
  const value = (int: string) =>
    spanOf(`{"attributes":[{"key":"k","value":{"intValue":${int}}}]}`)?.attributes.values[0];
  expect(value('9007199254740993')).toBe('9007199254740993');
  expect(value('-9223372036854775808')).toBe('-9223372036854775808');
  expect(value('"9223372036854775807"')).toBe('9223372036854775807');
  expect(value('10')).toBe('10');
  expect(() => value('9223372036854775808')).toThrow(/signed 64-bit/);
  expect(() => value('1.5')).toThrow(/intValue must be an integer/);
});

test('F46: unknown fields are ignored, snake_case is one of them, ids are hex in any case', () => {
  const span = spanOf(
    '{"trace_id":"aa","traceId":"5B8EFFF798038103D269B633813FC60C","nonsense":{"a":[1]},"name":null}',
  );
  expect(span).toMatchObject({ traceId: '5b8efff798038103d269b633813fc60c', name: '', spanId: '' });
  expect(spanOf('{"start_time_unix_nano":"5"}')?.startNs).toBe(0n);
});

test('F46: wrong types and enum names are refused by the name of the field', () => {
  const f = (span: string, message: RegExp) => expect(() => spanOf(span)).toThrow(message);
  f('{"kind":"SPAN_KIND_SERVER"}', /field kind must be an integer.*SPAN_KIND_SERVER/);
  f('{"name":5}', /field name must be a string/);
  f('{"attributes":{}}', /field attributes must be an array/);
  f('{"events":[5]}', /field events must be an object/);
  f('{"startTimeUnixNano":"-5"}', /unsigned/);
  f('{"startTimeUnixNano":"99999999999999999999"}', /unsigned/);
  f('{"name":"\\ud800"}', /surrogate/);
  f('5', /must be an object/);
});

test('F46: depth is bounded before anything is built', () => {
  const nested = (depth: number) => `${'{"arrayValue":{"values":['.repeat(depth)}{"intValue":1}${']}}'.repeat(depth)}`;
  const span = (depth: number) => spanOf(`{"attributes":[{"key":"k","value":${nested(depth)}}]}`);
  expect(span(3)?.attributes.types).toEqual(['array']);
  expect(() => span(10_000)).toThrow(/nested deeper than 64/);
  expect(() => parseJson(Buffer.from('['.repeat(5_000_000)), 64)).toThrow(/nested deeper/);
});

test('the text is UTF-8 and JSON, and hostile keys are only keys', () => {
  expect(() => parseJson(Buffer.from([0x22, 0xff, 0x22]), 64)).toThrow(/UTF-8/);
  expect(() => parseJson(Buffer.from('{"a":'), 64)).toThrow(/cannot be read/);
  expect(() => parseJson(Buffer.from('"\\'), 64)).toThrow(/cannot be read/);
  const parsed = parseJson(Buffer.from('{"__proto__":{"resourceSpans":[1]}}'), 64) as object;
  expect(Object.keys(parsed)).toEqual(['__proto__']);
  expect(decodeTracesJson(Buffer.from('{"__proto__":{"resourceSpans":[1]}}'), 64)).toEqual([]);
  expect(
    parseJson(Buffer.from('{"s":"\\"12345678901234567890","n":-12345678901234567,"f":0.12345678901234566}'), 9),
  ).toEqual({ s: '"12345678901234567890', n: '-12345678901234567', f: 0.12345678901234566 });
});

test('doubles may be words, and every kind of value keeps its type', () => {
  const value = (json: string) => {
    const attributes = spanOf(`{"attributes":[{"key":"k","value":${json}}]}`)?.attributes;
    return [attributes?.values[0], attributes?.types?.[0] ?? 'string'];
  };
  expect(value('{"doubleValue":"NaN"}')).toEqual(['NaN', 'double']);
  expect(value('{"doubleValue":1e3}')).toEqual(['1000', 'double']);
  expect(value('{"doubleValue":12345678901234567890}')).toEqual(['12345678901234567000', 'double']);
  expect(value('{"boolValue":true}')).toEqual(['true', 'bool']);
  expect(value('{"bytesValue":"aGk="}')).toEqual(['aGk=', 'bytes']);
  expect(value('{}')).toEqual(['', 'empty']);
  expect(value('{"kvlistValue":{"values":[{"key":"a","value":{"doubleValue":"-Infinity"}}]}}')).toEqual([
    '{"values":[{"key":"a","value":{"doubleValue":"-Infinity"}}]}',
    'kvlist',
  ]);
  const metrics = decodeMetricsJson(
    body({
      resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'g', gauge: { dataPoints: [{ asInt: '5' }] } }] }] }],
    }),
    64,
  );
  expect(metrics[0]?.metrics[0]?.points[0]).toMatchObject({ value: 5 });
});

test('JSON and protobuf of the same record decode to the same thing', () => {
  const nested = message(
    6,
    message(1, text(1, 'a'), message(2, double(4, 0.5))),
    message(1, text(1, 'b'), message(2, int(3, -3))),
  );
  const attributes = [
    message(9, text(1, 'list'), message(2, message(5, message(1, text(1, 'x')), message(1, int(2, 1))))),
    message(9, text(1, 'map'), message(2, nested)),
    message(9, text(1, 'int'), message(2, int(3, -5))),
    message(9, text(1, 'none')),
  ];
  const binary = decodeTraces(
    resourceOf(
      'shop',
      message(
        2,
        hex(1, 'aabb'),
        text(5, 'n'),
        int(6, 3),
        fixed64(7, 5n),
        ...attributes,
        message(15, text(2, 'm'), int(3, 2)),
      ),
    ),
    64,
  );
  const json = decodeTracesJson(
    body({
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
          scopeSpans: [
            {
              scope: { name: 'test.scope', version: '1.0.0' },
              spans: [
                {
                  traceId: 'AABB',
                  name: 'n',
                  kind: 3,
                  startTimeUnixNano: 5,
                  status: { message: 'm', code: 2 },
                  attributes: [
                    { key: 'list', value: { arrayValue: { values: [{ stringValue: 'x' }, { boolValue: true }] } } },
                    {
                      key: 'map',
                      value: {
                        kvlistValue: {
                          values: [
                            { key: 'a', value: { doubleValue: 0.5 } },
                            { key: 'b', value: { intValue: -3 } },
                          ],
                        },
                      },
                    },
                    { key: 'int', value: { intValue: '-5' } },
                    { key: 'none', value: {} },
                  ],
                },
              ],
            },
          ],
        },
      ],
    }),
    64,
  );
  expect(json).toEqual(binary);
});

test('protobuf nesting is bounded too', () => {
  let value = int(3, 1);
  for (let depth = 0; depth < 500; depth++) value = message(5, message(1, value));
  const record = resourceOf('s', message(2, message(5, value)));
  expect(() => decodeLogs(record, 64)).toThrow(/nested deeper than 64/);
  expect(decodeLogsJson(body({}), 64)).toEqual([]);
});
