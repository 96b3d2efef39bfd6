import { expect, test } from 'vitest';
import { renderSql, type Sql } from '#store';
import { parseCursor, printCursor } from './cursor.ts';
import { attributeFacetsSql, columnFacetsSql } from './facets.ts';
import { histogramSql } from './histogram.ts';
import { type LogPage, linesSql, timesSql } from './search.ts';

const page: LogPage = {
  tenant: 'main',
  startMs: 0,
  endMs: 1000,
  services: ['api', "'; DROP TABLE logs"],
  levels: ['error'],
  text: 'timeout "db-1 gone" -health pool*',
  attributes: [
    { key: 'a', kind: 'equals', value: '1' },
    { key: 'b', kind: 'absent', value: '' },
  ],
  environment: 'production',
  limit: 50,
  signal: new AbortController().signal,
};

const golden = (query: Sql) => expect(renderSql(query));

test('the times of a page are read from the narrow columns, newest first', () => {
  golden(timesSql(page, { fromNs: 0n, toNs: 999n, lines: 51 }, undefined)).toMatchSnapshot();
});

test('the lines of a page are read where its times are, below its cursor', () => {
  golden(linesSql(page, ['30', '20'], { timeNs: 30n, hash: 7n, given: 2 })).toMatchSnapshot();
});

test('the histogram and the facets ask with the same conditions', () => {
  golden(histogramSql(page, 100)).toMatchSnapshot();
  golden(columnFacetsSql(page)).toMatchSnapshot();
  golden(attributeFacetsSql(page)).toMatchSnapshot();
});

test('a cursor round-trips, and one that was never given is refused', () => {
  const cursor = { timeNs: 1_795_315_257_310_000_000n, hash: 0xffffffffffffffffn, given: 3 };
  expect(parseCursor(printCursor(cursor))).toEqual(cursor);
  for (const wrong of ['', 'x', '1.2', '1.2.3.4', '1.g.1', '-1.0.1', "1.0.1'", '1.0.99999999']) {
    expect(() => parseCursor(wrong), wrong).toThrow(/not one that this API gave/);
  }
});
