import { expect, test } from 'vitest';
import { renderSql, type Sql, sql } from '#store';
import { cellsSql } from './cells-sql.ts';
import { deploysSql } from './deploys.ts';
import { dialects } from './dialects.ts';
import { endpointTracesSql } from './endpoints.ts';
import { logChartSql } from './error-logs.ts';
import { spanPointsSql, storedPointsSql } from './exemplars.ts';
import { inventorySql } from './inventory.ts';
import { calleesSql, callersSql } from './peers.ts';
import { presenceSql } from './presence.ts';
import { endpointKey, signalsSql } from './span-signals.ts';
import { stepsOf } from './steps.ts';

const range = { startMs: 3_600_000, endMs: 7_200_000 };
const steps = stepsOf(range, 40);
const question = {
  tenant: 'main',
  ...range,
  service: "api'",
  environment: 'production',
  signal: new AbortController().signal,
};
const golden = (query: Sql) => expect(renderSql(query));

test('request metrics are added up in the store', () => {
  const [dialect] = dialects;
  if (!dialect) throw new Error('there are dialects');
  const cells = { ...question, dialect, steps, byEndpoint: true };
  golden(cellsSql(cells, 'http_server_request_duration_seconds_bucket')).toMatchSnapshot();
});

test('request spans are added up in the store', () => {
  golden(signalsSql({ ...question, steps }, sql`service`)).toMatchSnapshot();
  golden(endpointTracesSql(question)).toMatchSnapshot();
  expect(renderSql(endpointKey).text).toMatchSnapshot();
});

test('what was heard of at all, and what it says of itself', () => {
  golden(presenceSql('spans', question)).toMatchSnapshot();
  golden(inventorySql('main', ['up'])).toMatchSnapshot();
});

test('what a service page shows beside its signals', () => {
  golden(spanPointsSql(question, steps)).toMatchSnapshot();
  golden(storedPointsSql(question)).toMatchSnapshot();
  golden(deploysSql(question)).toMatchSnapshot();
  golden(calleesSql(question)).toMatchSnapshot();
  golden(callersSql(question)).toMatchSnapshot();
  golden(logChartSql(question, steps)).toMatchSnapshot();
});
