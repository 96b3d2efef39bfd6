import { expect, test } from 'vitest';
import { renderSql, sql, text, texts } from './sql.ts';
import { openTempStore, tempFolder } from './temp-store.ts';

test('a long text arrives as it was, whatever stands in it', async () => {
  using folder = tempFolder();
  await using store = await openTempStore(folder);
  for (const hostile of ["'", '\\', "\\'", '\0', '\t\n\r\b', 'ç€😀', '{p0:String}', '-- /* */ ;', '`"$&']) {
    const long = `${hostile} ${hostile}`.repeat(9_000);
    const question = sql`SELECT ${text(long)} AS one, ${texts([long, hostile])} AS many`;
    expect(renderSql(question).params, hostile).toEqual({});
    const rows = await store.ask(question, { signal: AbortSignal.timeout(30_000) });
    expect(rows, hostile).toEqual([{ one: long, many: [long, hostile] }]);
  }
});

test('a short text is a parameter', () => {
  expect(renderSql(sql`SELECT ${text("it's")}, ${texts(['a', 'b'])}`)).toEqual({
    text: 'SELECT {p0:String}, {p1:Array(String)}',
    params: { p0: "it's", p1: ['a', 'b'] },
  });
});
