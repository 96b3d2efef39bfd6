import { expect, test } from 'vitest';
import { readDataInsert, readStatement } from './statement.ts';

test('an INSERT is split where its rows begin', () => {
  const f = (text: string, format: string | undefined, data = '') => {
    const insert = readDataInsert(text);
    expect([insert?.format, insert && text.slice(insert.dataStart)]).toEqual([format, format && data]);
  };
  f('INSERT INTO t FORMAT RowBinary', 'RowBinary');
  f('INSERT INTO t (a, b) SETTINGS x=1 FORMAT JSONEachRow\n{"a":1}\n\n{"a":2}', 'JSONEachRow', '{"a":1}\n\n{"a":2}');
  f("INSERT INTO t VALUES (1, 'FORMAT x')", 'Values', " (1, 'FORMAT x')");
  f('INSERT INTO t (format, values) FORMAT CSV 1,2', 'CSV', '1,2');
  f("-- x\n/* FORMAT a */ insert into t format TSV\n'unclosed", 'TSV', "'unclosed");
  f('INSERT INTO `FORMAT` FORMAT TSV', 'TSV');
  f('INSERT INTO t SELECT 1 FORMAT TSV', undefined);
  f('INSERT INTO t WITH 1 AS x SELECT x', undefined);
  f('SELECT 1', undefined);
});

test('settings of an INSERT stay behind the place of its file', () => {
  const insert = readDataInsert('INSERT INTO t (a) SETTINGS async_insert=0 FORMAT RowBinary');
  expect([insert?.head, insert?.tail]).toEqual(['INSERT INTO t (a) ', 'SETTINGS async_insert=0 ']);
});

test('a statement shows its verb, its format, and whether its blocks can be joined', () => {
  const f = (text: string, verb: string, format?: string, plain = true) =>
    expect(readStatement(text)).toMatchObject({ verb, plain, ...(format && { format }) });
  f('select 1', 'SELECT');
  f('/* x */ WITH 1 AS x SELECT x FORMAT JSON', 'SELECT', 'JSON');
  f('(SELECT 1) UNION ALL (SELECT 2) FORMAT Native SETTINGS max_threads=1', 'SELECT', 'Native');
  f("SELECT 'FORMAT x'", 'SELECT');
  f('SELECT a, count() FROM t GROUP BY a WITH TOTALS', 'SELECT', undefined, false);
  f('CREATE TABLE t (a UInt8) ENGINE = Memory', 'CREATE');
  f('SELECT 1;', 'SELECT');
});

test('subqueries are told apart by where they stand', () => {
  const f = (text: string, early: boolean) => expect(readStatement(text).asksWhilePlanning).toBe(early);
  f('SELECT 1 FROM (SELECT 2)', false);
  f('WITH x AS (SELECT 1) SELECT * FROM x JOIN (SELECT 2) AS y ON 1', false);
  f('(SELECT 1) UNION ALL (SELECT 2)', false);
  f('SELECT (SELECT 1)', true);
  f('SELECT 1 WHERE a IN (SELECT 1)', true);
  f('SELECT 1 WHERE a > (WITH 1 AS x SELECT x)', true);
});

test('files and second statements are refused', () => {
  const f = (text: string, code: string) => expect(() => readStatement(text)).toThrow(code);
  f("SELECT 1 INTO OUTFILE '/tmp/x'", 'Code: 497');
  f("INSERT INTO t FROM INFILE '/etc/passwd' FORMAT TSV", 'Code: 497');
  f('SELECT 1; DROP TABLE t', 'Code: 62');
  f('SELECT 1 /* open', 'Code: 62');
  f("SELECT 'open", 'Code: 62');
  expect(() => readDataInsert("INSERT INTO t FROM INFILE '/etc/passwd' FORMAT TSV")).toThrow('Code: 497');
});
