import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { bindParameters } from './parameters.ts';
import { codeOf, rowsOf, startForTest, type TestEngine } from './testing.ts';

// The machine may be busy with other tests.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const bind = (text: string, parameters: Record<string, string>) =>
  bindParameters(text, new Map(Object.entries(parameters)));

describe('the text', () => {
  test('placeholders are only where SQL has values', () => {
    const f = (text: string, bound: string) => expect(bind(text, { x: 'v' })).toBe(bound);
    f('{x:String}', "'v'");
    f('{ x : String }', "'v'");
    f("'{x:String}'", "'{x:String}'");
    f("'it''s {x:String}'", "'it''s {x:String}'");
    f("'\\'{x:String}'", "'\\'{x:String}'");
    f('`{x:String}` "{x:String}"', '`{x:String}` "{x:String}"');
    f('-- {x:String}\n{x:String}', "-- {x:String}\n'v'");
    f('/* {x:String} /* {x:String} */ */{x:String}', "/* {x:String} /* {x:String} */ */'v'");
    f('$a$ {x:String} $a$', '$a$ {x:String} $a$');
    f('{x:Identifier}', '`v`');
  });

  test('values cannot leave their literal', () => {
    expect(bind('{x:String}', { x: "\\'; DROP TABLE t; --" })).toBe("'\\'; DROP TABLE t; --'");
    expect(bind('{x:String}', { x: "'; DROP TABLE t; --" })).toBe("'\\'; DROP TABLE t; --'");
    expect(bind('{x:String}', { x: '\\\\' })).toBe("'\\\\'");
    expect(bind('{x:Identifier}', { x: 'a` FROM system.one' })).toBe('`a\\` FROM system.one`');
    expect(bind('{x:String}', { x: '{y:String}' })).toBe("'{y:String}'");
  });

  test('what is no value of its type is refused', () => {
    const f = (type: string, value: string) => expect(() => bind(`{x:${type}}`, { x: value })).toThrow('Code: 457');
    f('Int64', '1; DROP TABLE t');
    f('Int64', '1.5');
    f('UInt8', '-1');
    f('Float64', "1'");
    f('String', 'a\tb');
    f('String', 'a\nb');
    f('String', 'a\\');
    f('Map(String, String)', "{'a':(SELECT 1)}");
    f('Map(String, String)', "{'a':'b'}) FROM t --");
    f('Map(String, String)', '{`a`:1}');
    expect(() => bind('{x:String}', {})).toThrow('Code: 456');
    expect(() => bind("{x:String') FROM system.one --}", { x: '' })).toThrow('Code: ');
    expect(() => bind('{x:(SELECT 1)}', { x: '' })).toThrow('Code: 36');
  });
});

describe('through the client', () => {
  let test1: TestEngine;
  beforeAll(async () => {
    test1 = await startForTest();
  });
  afterAll(() => test1[Symbol.asyncDispose]());

  const hostile = [
    ...[
      '',
      "'",
      "''",
      '\\',
      "\\'",
      '"',
      '`',
      '\0',
      'a\0b',
      '\n',
      '\n\n',
      '\t',
      '\r',
      '\b\f\v',
      '\x1b[31m',
      '{x:String}',
      '{p0:String}',
    ],
    ...["'; DROP TABLE t; --", "\\'; SELECT 1", '/*', '*/', '--', '#', '$$', '$a$', '%', '_', '\\N', '\\x41', '\\%'],
    ...['é', '🎉', '\u202e', '“”‘’', '\ufeff', '\u2028', 'x'.repeat(100_000), '__proto__', 'NULL', 'nan'],
  ];

  test('strings come back as they were sent, alone and in arrays, maps and tuples', async () => {
    for (const value of hostile) {
      expect(await rowsOf(test1.client, 'SELECT {x:String}', { x: value })).toEqual([[value]]);
    }
    const short = hostile.filter((value) => value.length < 100);
    expect(await rowsOf(test1.client, 'SELECT {x:Array(String)}', { x: short })).toEqual([[short]]);
    const map = Object.fromEntries(
      short.filter((value) => value !== '__proto__').map((value, i) => [value, String(i)]),
    );
    expect(await rowsOf(test1.client, 'SELECT {x:Map(String, String)}', { x: map })).toEqual([[map]]);
  });

  test('long lists travel in a form', async () => {
    const values = Array.from({ length: 5000 }, (_, i) => `value '${i}'`);
    const answer = await test1.client.query({
      query: 'SELECT length({x:Array(String)}), {x:Array(String)}[5000]',
      query_params: { x: values },
      use_multipart_params: true,
      format: 'JSONCompactEachRow',
      clickhouse_settings: { readonly: '1' },
    });
    expect(await answer.json()).toEqual([['5000', "value '4999'"]]);
  });

  test('every type that Farol sends arrives with its type', async () => {
    const f = async (type: string, value: unknown, shown: unknown) => {
      const rows = await rowsOf(test1.client, `SELECT toString({x:${type}}), toTypeName({x:${type}})`, { x: value });
      expect(rows).toEqual([[shown, type]]);
    };
    await f('Int64', '-9223372036854775808', '-9223372036854775808');
    await f('UInt64', '18446744073709551615', '18446744073709551615');
    await f('UInt64', 18446744073709551615n, '18446744073709551615');
    await f('UInt8', 255, '255');
    await f('Float64', Number.NaN, 'nan');
    await f('Float64', Number.POSITIVE_INFINITY, 'inf');
    await f('Float64', Number.NEGATIVE_INFINITY, '-inf');
    await f('Float64', -0, '0');
    await f('Float64', 5e-324, '5e-324');
    await f('Float64', 1.7976931348623157e308, '1.7976931348623157e308');
    await f('Bool', true, 'true');
    await f('Nullable(String)', null, null);
    await f('DateTime64(3)', new Date(1_700_000_000_123), '2023-11-14 22:13:20.123');
    await f('DateTime64(9)', '1700000000.123456789', '2023-11-14 22:13:20.123456789');
    await f("DateTime64(3, 'UTC')", '2023-11-14 22:13:20.123', '2023-11-14 22:13:20.123');
    await f('Array(UInt64)', [1, 18446744073709551615n], '[1,18446744073709551615]');
    await f('Array(Float64)', [1.5, Number.NaN], '[1.5,nan]');
    await f('Array(Bool)', [true, false], '[true,false]');
    await f('UUID', '123e4567-e89b-12d3-a456-426614174000', '123e4567-e89b-12d3-a456-426614174000');
  });

  test('an identifier is one name, whatever is in it', async () => {
    const name = 'odd`name"\'\\.x';
    await test1.client.command({
      query: 'CREATE TABLE {t:Identifier} (a UInt8) ENGINE = MergeTree ORDER BY a',
      query_params: { t: name },
    });
    await test1.client.insert({ table: '`odd\\`name"\\\'\\\\.x`', values: [{ a: 7 }], format: 'JSONEachRow' });
    expect(await rowsOf(test1.client, 'SELECT a FROM {t:Identifier}', { t: name })).toEqual([[7]]);
    expect(await codeOf(rowsOf(test1.client, 'SELECT {t:Identifier} FROM numbers(1)', { t: '' }))).toBe('457');
  });

  test('parameterised queries run side by side with their own values', async () => {
    const answers = Array.from({ length: 60 }, (_, i) =>
      rowsOf(test1.client, 'SELECT {x:UInt32}, {y:String}', { x: i, y: `v${i}` }),
    );
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 60 }, (_, i) => [[i, `v${i}`]]));
  });
});
