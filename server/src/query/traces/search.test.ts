import { expect, test } from 'vitest';
import { renderSql, type Sql } from '#store';
import { dependenciesSql } from './dependencies.ts';
import { errorText } from './error-text.ts';
import { operationsSql } from './names.ts';
import { traceSql } from './read.ts';
import { idsSql, summariesSql, type TraceSearch } from './search.ts';
import { timesSql } from './times.ts';

const signal = new AbortController().signal;
const search: TraceSearch = {
  tenant: 'main',
  startMs: 0,
  endMs: 1000,
  service: 'api',
  operation: "GET /'",
  status: 'error',
  minDurationNs: 5n,
  maxDurationNs: 9n,
  tags: [{ key: 'error', value: 'true' }],
  environment: 'production',
  order: 'slowest',
  limit: 20,
  signal,
};
const times = [{ fromNs: 1n, toNs: 2n }];
const golden = (query: Sql) => expect(renderSql(query));

test('ids are found by what one span carries', () => {
  golden(idsSql(search, 1000)).toMatchSnapshot();
  golden(idsSql({ ...search, order: 'recent', tags: [] }, 1000)).toMatchSnapshot();
});

test('traces are read within their own time', () => {
  golden(timesSql('main', ['a', 'b'])).toMatchSnapshot();
  golden(traceSql({ tenant: 'main', traceId: 'a', spansMax: 10, signal })).toMatchSnapshot();
  golden(summariesSql('main', ['a', 'b'], times)).toMatchSnapshot();
});

test('names and dependencies', () => {
  golden(
    operationsSql({ tenant: 'main', startMs: 0, endMs: 1, service: 'api', kind: 'server', signal }),
  ).toMatchSnapshot();
  golden(dependenciesSql({ tenant: 'main', startMs: 0, endMs: 1 })).toMatchSnapshot();
});

test('an error is told by its exception, else its message, else its status', () => {
  const exception = JSON.stringify([
    { name: 'exception', attributes: [{ key: 'exception.message', value: { stringValue: 'no pool' } }] },
  ]);
  expect(errorText('failed', exception, '500')).toBe('no pool');
  expect(errorText('failed', '', '500')).toBe('failed');
  expect(errorText('', '', '500')).toBe('HTTP 500');
  expect(errorText('', '', '')).toBeUndefined();
});
