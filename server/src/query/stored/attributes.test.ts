import { expect, test } from 'vitest';
import { attributesFrom, attributesFromOtlp } from './attributes.ts';

test('stored attributes keep their order, their types and hostile names', () => {
  const stored = { keys: ['b', '__proto__', 'a'], values: ['1', 'x', 'y'], typeKeys: ['b'], types: ['int'] };
  expect(attributesFrom(stored)).toEqual([
    { key: 'b', value: '1', type: 'int' },
    { key: '__proto__', value: 'x', type: 'string' },
    { key: 'a', value: 'y', type: 'string' },
  ]);
});

test('OTLP JSON values become text with their type', () => {
  const f = (value: Record<string, unknown>, text: string, type: string) =>
    expect(attributesFromOtlp([{ key: 'k', value }])).toEqual([{ key: 'k', value: text, type }]);
  f({ stringValue: 'a' }, 'a', 'string');
  f({ intValue: '9007199254740993' }, '9007199254740993', 'int');
  f({ intValue: 5 }, '5', 'int');
  f({ doubleValue: 72.5 }, '72.5', 'double');
  f({ boolValue: false }, 'false', 'bool');
  f({ arrayValue: { values: [{ intValue: '1' }] } }, '{"values":[{"intValue":"1"}]}', 'array');
  f({}, '', 'empty');
});
