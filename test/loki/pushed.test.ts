/** What the store is told of a query must change its cost, and nothing else: each question is asked both ways. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../server/src/kit/index.ts';
import { limits } from '../../server/src/model/index.ts';
import { createLogql, groupEntries, type Logql } from '../../server/src/query/logql/index.ts';
import { createCounts, createEntries } from '../../server/src/query/streams/index.ts';
import { type LokiApi, openLokiApi } from './fixture.ts';

let api: LokiApi;
let told: Logql;
let untold: Logql;

beforeAll(async () => {
  api = await openLokiApi();
  const { store } = api;
  const about = { limits: limits.query, clock: systemClock };
  const entries = createEntries(store);
  told = createLogql({ entries, count: createCounts({ ...store, limits: limits.query }), ...about });
  untold = createLogql({
    entries: ({ needs: _, ...question }) => entries({ ...question, lineFilters: [], labelFilters: [] }),
    ...about,
  });
  await pushOddLines();
});
afterAll(() => api[Symbol.asyncDispose]());

/** Values that are escaped, stored under the same name twice, or stored and written in the line. */
async function pushOddLines(): Promise<void> {
  const at = (i: number) => String(api.endNs - BigInt(i) * 700_000_000n);
  const lines: [string, Record<string, string>?][] = [
    ['{"level":"err\\u006fr","status":500}'],
    ['{"level":"error","status":"500"}', { level: 'warn' }],
    ['{"level":"info"}', { level: 'error', status: '500' }],
    ['{"level":"in\\u0066o","odd":{"level":"error"}}'],
    ['{"odd_level":"error","level":null,"level":"error"}'],
    ['{"level":"error"', { host: 'h2' }],
    ['level="err\\x6fr" status=500'],
    ['level="e\\162ror" status=200'],
    ['level=error level=info'],
    ['level=info msg="an error"', { 'dotted.name': 'd1', host: 'h1' }],
    ['nothing of the kind', { level_extracted: 'error' }],
    ['a line with \\ and error'],
    ['{"path":"a\\/b","user":"u 1"}', { odd: 'u 1' }],
    ['{"path":"a/b","host":"h1"}'],
    [' \t{"\\u0073tatus":503,"http":{"status":"50x","Status":504}}'],
    ['{"status":{"":505,"code":"7"},"http":{"status_code":506}} and more'],
    ['{"status":200}', { status: 'high' }],
    ['["status",500]', { status: '507' }],
    ['status=508 http.status=509 took=1.5ms'],
    ['no object, status=510 {"status":511}'],
  ];
  const values = lines.map(([line, metadata = {}], i): [string, string, Record<string, string>?] => [
    at(i),
    line,
    metadata,
  ]);
  await api.push([
    { stream: { app: 'odd', level: 'error' }, values },
    { stream: { app: 'even' }, values },
    { stream: { app: 'even', host: 'h1', status: '500' }, values },
  ]);
}

const selector = '{app=~".+"}';
const filters = [
  '',
  '| level="error"',
  '| level!="error" | host="h1"',
  '| level=~"err.*|warn" and app="even"',
  '| detected_level="error" or status="500"',
  '| dotted_name="d1"',
  '| trace_id="0af7651916cd43dd8448eb211c80319c"',
  '| json | level="error"',
  '| logfmt | level="error"',
  '| json | logfmt | drop __error__, __error_details__ | level="error"',
  '| json | path="a/b"',
  '| json | user="u 1"',
  '| json | host="h1" | host_extracted="h1"',
  '| json | level_extracted="error"',
  '| json | status=500',
  '| json status="status" | status="500"',
  '| drop level | json | level="error"',
  '| keep level | logfmt | level="info"',
  '| pattern "level=<level> <_>" | level="info"',
  '| label_format level="error" | level="error"',
  '| json | __error__=""',
  '| json | __error__!="" | level=""',
  '|= "error" | json | level="info"',
  '| json | status >= 500',
  '| json | status >= 500 | __error__=""',
  '| logfmt | status > 200 and took < 2ms',
  '| json | logfmt | status != 500 | drop __error__',
  '| json | http_status_code > 1 or status < 300',
  '| json | http_status_code > 1',
  '| json | http_status=~"5.+" | http_Status!=""',
  '| json | status_code=~"7|8"',
  '| status > 1 | json | status_extracted=~".+"',
  '| json | drop __error__ | status=~"5.*" | __error__=""',
  '| regexp "status=(?P<status>[0-9]+)" | status > 507',
  '| logfmt code="status" | code > 507',
];

test('the lines are the same whether the store is told of filters or not', async () => {
  for (const filter of filters) {
    const query = `${selector} ${filter}`;
    expect(await answerOf(told, query), query).toEqual(await answerOf(untold, query));
  }
});

const around = [
  (log: string) => `sum(count_over_time(${log}[10s]))`,
  (log: string) => `sum by (level) (count_over_time(${log}[10s]))`,
  (log: string) => `sum by (status, host_extracted, __error__) (rate(${log}[10s]))`,
  (log: string) => `max_over_time(${log} | unwrap status | __error__="" [10s]) by (level, dotted_name)`,
];

test('the series are the same, and so are the words of errors', async () => {
  for (const filter of filters) {
    for (const query of around.map((wrap) => wrap(`${selector} ${filter}`))) {
      expect(await answerOf(told, query), query).toEqual(await answerOf(untold, query));
    }
  }
}, 120_000);

async function answerOf(logql: Logql, text: string): Promise<unknown> {
  const { signal } = new AbortController();
  const range = { startNs: api.endNs - 65_000_000_000n, endNs: api.endNs + 1_000_000_000n, stepMs: 7_000 };
  const question = { kind: 'range', tenant: 'main', text, limit: 1000, signal, ...range } as const;
  try {
    const { value } = await logql.query(question);
    if (value.kind === 'streams') return groupEntries(value.entries, { categorized: true }).map(sorted);
    if (value.kind !== 'matrix') return value;
    return value.series.map((series) => JSON.stringify(series)).sort();
  } catch (error) {
    return String(error);
  }
}

/** Lines of one moment have no order. */
const sorted = ({ labels, entries }: ReturnType<typeof groupEntries>[number]) => ({
  labels,
  entries: entries.map(({ timeNs, line, labels }) => JSON.stringify([String(timeNs), line, labels])).sort(),
});
