/** Needles, histograms, first pages and parsers among millions of lines: in Farol's own search and in LogQL. */
import type { LogsAnswer } from '@farol/contract';
import { lineTraceIdOf, load } from '../load/index.ts';
import { memoryGoal, memoryNote } from '../memory.ts';
import { type Answered, answered, answersTable, type Question, slowestOf } from '../paths.ts';
import { resetPeaks } from '../proc.ts';
import { settled, withProduct } from '../product.ts';
import { atMost, count, digits, type Finding, type Goal, milliseconds } from '../report.ts';
import type { Bench } from './index.ts';

const needle = 'xyzzyquuxfoo';
/** Both words are common, one after the other they are not. */
const phrase = 'cache doctor';
const needles = 7;
const spreadHours = 6;
const spreadMs = spreadHours * 3_600_000;
const lanes = 24;

/** Longest medians that are asked for, in milliseconds. */
const asked = { 'a needle': 150, 'a histogram of an hour by level': 500, 'the first page of a broad filter': 200 };
type Kind = keyof typeof asked;

export function logs({ scale: { logLines, repeats } }: Bench): Promise<Finding> {
  return withProduct(async (product) => {
    const needleEvery = Math.floor(logLines / needles / 2);
    const report = await load({
      url: product.otlpUrl,
      kind: 'logs',
      secondsMax: 1_800,
      itemsMax: logLines,
      leadMax: 1_000,
      plan: { lanes, seed: 2, needleEvery, needle, phrase, spreadMs, lines: logLines },
    });
    const size = await settled(product, 'logs');
    resetPeaks(product.pid);
    const endMs = Date.now();
    const traceId = lineTraceIdOf(3, Math.floor(logLines / lanes / 3));
    const answers = await answered(product.url, [...own(endMs, traceId), ...logql(endMs, traceId)], { repeats, found });
    return {
      title: `Logs, among ${count(size.rows)} lines`,
      goals: [...goalsOf(answers, logLines), memoryGoal('questions about logs', product.pid)],
      tables: [answersTable(answers, repeats)],
      notes: [
        `${count(report.acknowledged)} lines acknowledged at ${count(report.acknowledged / report.seconds)}/s, in the order of their times, over ${spreadHours} hours; ${digits(size.bytesOnDisk / size.rows, 1)} bytes a line. ${needles} lines hold the rare token and ${needles} the phrase. A goal counts the median of the slowest question of its kind.`,
        memoryNote([product]),
      ],
    };
  });
}

function goalsOf(answers: readonly Answered[], lines: number): Goal[] {
  return (Object.entries(asked) as [Kind, number][]).flatMap(([kind, maxMs]) => {
    const slowest = slowestOf(answers, kind);
    if (!slowest) return [];
    return [
      atMost(`logs, ${count(lines)} lines: ${kind} (slowest: ${slowest.name})`, slowest.medianMs, maxMs, milliseconds),
    ];
  });
}

type LogQuestion = Question & { readonly goal?: Kind };

function own(endMs: number, traceId: string): LogQuestion[] {
  const all = `start=${endMs - spreadMs - 600_000}&end=${endMs}`;
  const hour = `start=${endMs - 3_600_000}&end=${endMs}`;
  const lines = (params: string) => `/api/logs?${all}&${params}&limit=100`;
  const words = encodeURIComponent(`"${phrase}"`);
  return [
    { name: 'a trace id', path: lines(`traceId=${traceId}`), goal: 'a needle' },
    { name: 'a rare token', path: lines(`text=${needle}`), goal: 'a needle' },
    { name: 'a rare token, of one service', path: lines(`text=${needle}&service=billing`), goal: 'a needle' },
    { name: 'a phrase of two common words', path: lines(`text=${words}`), goal: 'a needle' },
    { name: 'a word that is nowhere', path: lines('text=plughzzzzz'), goal: 'a needle' },
    {
      name: 'an hour by level (histogram)',
      path: `/api/logs/histogram?${hour}`,
      goal: 'a histogram of an hour by level',
    },
    { name: 'newest 100', path: lines(''), goal: 'the first page of a broad filter' },
    { name: 'errors, newest 100', path: lines('level=error'), goal: 'the first page of a broad filter' },
    { name: 'of a service, newest 100', path: lines('service=billing'), goal: 'the first page of a broad filter' },
    { name: 'a common word, newest 100', path: lines('text=appointment'), goal: 'the first page of a broad filter' },
    { name: 'a rare token over time (histogram)', path: `/api/logs/histogram?${all}&text=${needle}` },
    { name: 'everything over time (histogram)', path: `/api/logs/histogram?${all}` },
    { name: 'facets of an hour', path: `/api/logs/facets?${hour}` },
  ];
}

/** As Grafana asks. */
function logql(endMs: number, traceId: string): LogQuestion[] {
  const ask = (name: string, path: string, params: Record<string, string>, about: { hours: number; goal?: Kind }) => {
    const range = { start: `${endMs - about.hours * 3_600_000}000000`, end: `${endMs}000000` };
    const { goal } = about;
    return {
      name: `LogQL: ${name}`,
      path: `/loki/api/v1/${path}?${new URLSearchParams({ ...params, ...range })}`,
      ...(goal && { goal }),
    };
  };
  const every = '{service_name=~".+"}';
  const hours = spreadHours + 1;
  const lines = (name: string, query: string, goal?: Kind) =>
    ask(name, 'query_range', { query, limit: '100' }, { hours, ...(goal && { goal }) });
  const anHour = (name: string, query: string, step: string, goal?: Kind) =>
    ask(name, 'query_range', { query, step }, { hours: 1, ...(goal && { goal }) });
  return [
    lines('a trace id', `${every} | trace_id="${traceId}"`, 'a needle'),
    lines('a rare token', `${every} |= "${needle}"`, 'a needle'),
    lines('a phrase', `${every} |= "${phrase}"`, 'a needle'),
    lines('a rare token, as a part of a word', `${every} |= "${needle.slice(1, -1)}"`),
    lines('a rare token, whatever its case', `${every} |~ "(?i)${needle.toUpperCase()}"`),
    anHour(
      'an hour by level',
      `sum by (detected_level) (count_over_time(${every}[1m]))`,
      '60',
      'a histogram of an hour by level',
    ),
    anHour(
      "an hour by level, in Grafana's words",
      `sum by (level, detected_level) (count_over_time(${every}[1m]))`,
      '60',
      'a histogram of an hour by level',
    ),
    lines('newest 100', every, 'the first page of a broad filter'),
    lines('errors, newest 100', `${every} | detected_level="error"`, 'the first page of a broad filter'),
    lines('a common word, newest 100', `${every} |= "appointment"`, 'the first page of a broad filter'),
    lines('a regex, newest 100', '{service_name="billing"} |~ "booked|refused"', 'the first page of a broad filter'),
    lines('JSON, filtered, newest 100', `${every} | json | status="500"`),
    anHour('an hour through logfmt', `sum(count_over_time(${every} | logfmt [5m]))`, '300'),
    anHour('an hour of errors through JSON', `sum by (route) (rate(${every} | json | status >= 500 [5m]))`, '300'),
    anHour(
      'an hour of a quantile',
      `quantile_over_time(0.95, ${every} |= "route=" | logfmt | unwrap duration(took) [5m]) by (route)`,
      '300',
    ),
    ask('label names', 'labels', {}, { hours }),
    ask('volume by service', 'index/volume', { query: every }, { hours }),
    ask('patterns', 'patterns', { query: every }, { hours }),
  ];
}

interface LokiAnswer {
  readonly status?: 'success';
  readonly data?:
    | readonly unknown[]
    | { readonly resultType: string; readonly result: readonly { values?: readonly unknown[] }[] };
}

function found(body: Buffer): string {
  const answer = JSON.parse(body.toString()) as Partial<LogsAnswer> & {
    total?: number;
    facets?: unknown[];
  } & LokiAnswer;
  if (answer.status === 'success') return foundByLoki(answer.data ?? []);
  if (answer.facets) return `${answer.facets.length} facets`;
  return answer.logs ? `${answer.logs.length}${answer.cursor ? '+' : ''} lines` : `${count(answer.total ?? 0)} in all`;
}

function foundByLoki(data: NonNullable<LokiAnswer['data']>): string {
  if (!('resultType' in data)) return `${data.length} of them`;
  if (data.resultType !== 'streams') return `${data.result.length} series`;
  return `${data.result.reduce((sum, { values = [] }) => sum + values.length, 0)} lines`;
}
