import { expect, test } from 'vitest';
import { groupEntries, type LogEntry, type RangeQuestion } from './index.ts';
import { logqlOver, type TestLine } from './lines.testing.ts';

const lines: TestLine[] = [
  { atMs: 1000, line: 'level=info n=1', metadata: { trace: 't1' } },
  { atMs: 2000, line: 'level=error n=2', metadata: { app: 'other' } },
  { atMs: 3000, line: 'level=info n=3' },
];

function asked(text: string, more: Partial<RangeQuestion> = {}): RangeQuestion {
  const { signal } = new AbortController();
  return { kind: 'range', tenant: '', text, startNs: 0n, endNs: 10_000_000_000n, stepMs: 1000, signal, ...more };
}

async function entriesOf(text: string, more: Partial<RangeQuestion> = {}): Promise<readonly LogEntry[]> {
  const { value } = await logqlOver(lines).logql.query(asked(text, more));
  return value.kind === 'streams' ? value.entries : [];
}

test('the newest lines come first, up to the limit, unless asked the other way', async () => {
  const texts = async (more: Partial<RangeQuestion>) =>
    (await entriesOf('{app="a"}', more)).map(({ line }) => line.slice(-1));
  expect(await texts({})).toEqual(['3', '2', '1']);
  expect(await texts({ limit: 2 })).toEqual(['3', '2']);
  expect(await texts({ limit: 2, direction: 'forward' })).toEqual(['1', '2']);
  expect(await texts({ intervalMs: 1500 })).toEqual(['3', '1']);
});

test('stream labels, structured metadata and parsed labels are told apart, losers of a name renamed', async () => {
  const [info, error] = await entriesOf('{app="a"} | logfmt', { direction: 'forward' });
  expect(info?.labels).toEqual({
    stream: ['app', 'a'],
    metadata: ['trace', 't1'],
    parsed: ['level', 'info', 'n', '1'],
  });
  expect(error?.labels.metadata).toEqual(['app_extracted', 'other']);
});

test('entries group by all their labels, or by those of the stream alone', async () => {
  const entries = await entriesOf('{app="a"} | logfmt level');
  const labels = (categorized: boolean) =>
    groupEntries(entries, { categorized }).map((stream) => stream.labels.join(' '));
  expect(labels(true)).toEqual(['app a']);
  expect(labels(false)).toEqual([
    'app a app_extracted other level error',
    'app a level info',
    'app a level info trace t1',
  ]);
});

test('a line that a parser cannot read stays, and says so', async () => {
  const [entry] = await entriesOf('{app="a"} | json');
  expect(entry?.labels.parsed).toEqual([
    ...['__error__', 'JSONParserErr'],
    ...['__error_details__', `Value looks like object, but can't find closing '}' symbol`],
  ]);
  expect(await entriesOf('{app="a"} | json | __error__=""')).toEqual([]);
});

test('the keeper hears of every filter that the stored line must pass, and of no other', async () => {
  const { logql, questions } = logqlOver(lines);
  await logql.query(
    asked('{app="a"} |= "x" or "y" | logfmt !~ "z" != ip("10.0.0.1") |= "" | line_format "{{.n}}" |= "w"'),
  );
  expect(questions[0]?.lineFilters).toEqual([
    { kind: '|=', values: ['x', 'y'] },
    { kind: '!~', values: ['z'] },
  ]);
  expect(questions[0]?.limit).toBeUndefined();
  await logql.query(asked('{app="a"} | json', { limit: 7 }));
  expect(questions[1]?.limit).toBe(7);
});

test('the keeper hears what a parser must have found in the line', async () => {
  const told = async (stages: string) => {
    const { logql, questions } = logqlOver(lines);
    await logql.query(asked(`{app="a"} ${stages}`, { limit: 7 }));
    return { filters: questions[0]?.labelFilters, lines: questions[0]?.lineFilters, limit: questions[0]?.limit };
  };
  const isThere = { name: 'http_status', kind: '!=', value: '' };
  expect(await told('| json | http_status >= 500')).toEqual({
    filters: [{ matcher: isThere, inLine: { isObject: true, key: 'status' } }],
    lines: [],
    limit: undefined,
  });
  const matcher = { name: 'n', kind: '=', value: '1' };
  expect(await told('| logfmt | json | n="1"')).toEqual({
    filters: [{ matcher, inLine: { isObject: false, key: 'n', value: '1' } }],
    lines: [],
    limit: 7,
  });
  expect(await told('| regexp "(?P<n>.)" | n="1"')).toMatchObject({
    filters: [{ matcher, inLine: { isObject: false, value: '1' } }],
  });
  expect(await told('| json | __error__=""')).toMatchObject({ filters: [], lines: [{ kind: '|~' }] });
  const nothing = [
    '| json n="a.b" | n > 1',
    '| json | n=~".*"',
    '| json | n > 1 or m > 1',
    '| line_format "" | json | n > 1',
  ];
  for (const stages of nothing) expect((await told(stages)).filters, stages).toEqual([]);
});

test('a key is known by its place only where it is the same', async () => {
  const f = async (stage: string, texts: readonly string[], parsed: readonly string[]) => {
    const { logql } = logqlOver(texts.map((line, i) => ({ atMs: i, line })));
    const { value } = await logql.query(asked(`{app="a"} | ${stage}`, { direction: 'forward' }));
    if (value.kind !== 'streams') throw new TypeError('a log query answers with lines');
    expect(value.entries.map(({ labels }) => labels.parsed.join(' '))).toEqual(parsed);
  };
  const objects = ['{"a":"1","b":{"c":2}}', '{"a":3,"b":{"cd":4}}', '{"a" : 5,"b":{"c" :6}}', '{"a\\u0062":7,"b":8}'];
  await f('json', objects, ['a 1 b_c 2', 'a 3 b_cd 4', 'a 5 b_c 6', 'ab 7 b 8']);
  await f('logfmt', ['a=1 b="2"', 'ab=3 b=4', 'a b=5', 'a="6\\n" =7 b'], ['a 1 b 2', 'ab 3 b 4', 'b 5', 'a 6\n']);
});

test('a log query is refused as an instant query, and past the limit of lines', async () => {
  const { logql } = logqlOver(lines);
  const { signal } = new AbortController();
  const instant = logql.query({ kind: 'instant', tenant: '', text: '{app="a"}', timeNs: 1n, signal });
  await expect(instant).rejects.toThrow('log queries are not supported as an instant query type');
  await expect(logql.query(asked('{app="a"}', { limit: 5001 }))).rejects.toThrow('limits.query.logRowsMax');
});

test('a stage that cannot work is refused with its text', async () => {
  const { logql } = logqlOver(lines);
  const f = async (stage: string, message: string) =>
    expect(logql.query(asked(`{app="a"} ${stage}`))).rejects.toThrow(`parse error : stage '${stage}' : ${message}`);
  await f('|= ip("x")', 'ip: invalid pattern');
  await f('|~ ip("10.0.0.1")', 'ip: invalid operation');
  await f('|> "<a> b"', `named captures are not allowed: found '<a>'`);
  await f('| line_format "{{ .x "', 'invalid line template: template: line:1: unclosed action');
  await f('| json x="a["', 'cannot parse expression [a[]');
  await f('| label_format a="1",a="2"', `multiple label name 'a' not allowed in a single format operation`);
});

test('a tail runs the pipeline over batches without a question', () => {
  const { logql } = logqlOver(lines);
  const filter = logql.filter('{app="a"} |= "error" | logfmt | line_format "{{.n}}"');
  const batch = {
    count: 2,
    timesNs: BigInt64Array.of(1n, 2n),
    lines: ['level=error n=5', 'level=info n=6'],
    streamOf: Uint32Array.of(0, 0),
    streams: [['app', 'a']],
    metadata: [[], []],
  };
  expect(filter.run(batch).map(({ line }) => line)).toEqual(['5']);
  expect(filter.lineFilters).toEqual([{ kind: '|=', values: ['error'] }]);
  expect(() => logql.filter('vector(1)')).toThrow('only log selector is supported');
});
