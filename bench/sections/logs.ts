/** A word that stands in a handful of lines among millions: how long until they are on the screen. */
import type { LogsAnswer } from '@farol/contract';
import { get, median } from '../http.ts';
import { load } from '../load/index.ts';
import { settled, withProduct } from '../product.ts';
import { count, digits, type Finding, milliseconds } from '../report.ts';
import type { Scale } from '../scale.ts';

const needle = 'xyzzyquuxfoo';
const needles = 7;
const spreadMs = 6 * 3_600_000;

export function logs(scale: Scale): Promise<Finding> {
  return withProduct(async (product) => {
    const needleEvery = Math.floor(scale.logLines / needles);
    const report = await load({
      url: product.otlpUrl,
      kind: 'logs',
      secondsMax: 1_800,
      itemsMax: scale.logLines,
      leadMax: 1_000,
      plan: { lanes: 24, seed: 2, needleEvery, needle, spreadMs },
    });
    const size = await settled(product, 'logs');
    const range = `start=${Date.now() - spreadMs - 600_000}&end=${Date.now() + 60_000}`;
    const questions = [
      { name: 'the needle', path: `/api/logs?${range}&text=${needle}&limit=100` },
      { name: 'the needle, of one service', path: `/api/logs?${range}&text=${needle}&service=billing&limit=100` },
      { name: 'a word that is nowhere', path: `/api/logs?${range}&text=plughzzzzz&limit=100` },
      { name: 'errors, newest 100', path: `/api/logs?${range}&level=error&limit=100` },
      { name: 'a common word, newest 100', path: `/api/logs?${range}&text=appointment&limit=100` },
      { name: 'the needle over time (histogram)', path: `/api/logs/histogram?${range}&text=${needle}` },
      { name: 'everything over time (histogram)', path: `/api/logs/histogram?${range}` },
      ...logqlQuestions(),
    ];
    const rows: string[][] = [];
    for (const { name, path } of questions) {
      const times: number[] = [];
      let answer = await get(`${product.url}${path}`);
      if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${answer.body}`);
      const first = answer.ms;
      for (let run = 0; run < scale.repeats; run++) {
        answer = await get(`${product.url}${path}`);
        times.push(answer.ms);
      }
      rows.push([name, milliseconds(first), milliseconds(median(times)), found(answer.body)]);
    }
    return {
      title: `Log search over ${count(size.rows)} lines`,
      tables: [{ head: ['question', 'first time', `median of ${scale.repeats}`, 'found'], rows }],
      notes: [
        `${count(report.acknowledged)} lines acknowledged at ${count(report.acknowledged / report.seconds)}/s, spread over six hours; ${digits(size.bytesOnDisk / size.rows, 1)} bytes a line. The needle stands in ${Math.floor(report.acknowledged / needleEvery)} of them.`,
      ],
    };
  });
}

/** The same in Loki's words, as Grafana asks. */
function logqlQuestions(): { name: string; path: string }[] {
  const endMs = Date.now() + 60_000;
  const ask = (name: string, path: string, params: Record<string, string>, hours = 7) => {
    const range = { start: `${endMs - hours * 3_600_000}000000`, end: `${endMs}000000` };
    return { name: `LogQL: ${name}`, path: `/loki/api/v1/${path}?${new URLSearchParams({ ...params, ...range })}` };
  };
  const every = '{service_name=~".+"}';
  return [
    ask('newest 100', 'query_range', { query: every }),
    ask('newest 100 with a common word', 'query_range', { query: `${every} |= "appointment"` }),
    ask('the needle, as a part of a word', 'query_range', { query: `${every} |= "${needle.slice(1, -1)}"` }),
    ask('the needle, whatever its case', 'query_range', { query: `${every} |~ "(?i)${needle.toUpperCase()}"` }),
    ask(
      'an hour by level',
      'query_range',
      { query: `sum by (detected_level) (count_over_time(${every}[1m]))`, step: '60' },
      1,
    ),
    ask(
      'an hour through a parser',
      'query_range',
      { query: `sum(count_over_time(${every} | logfmt [5m]))`, step: '300' },
      1,
    ),
    ask('label names', 'labels', {}),
    ask('volume by service', 'index/volume', { query: every }),
    ask('patterns', 'patterns', { query: every }),
  ];
}

interface LokiAnswer {
  readonly status?: 'success';
  readonly data?:
    | readonly unknown[]
    | { readonly resultType: string; readonly result: readonly { values?: readonly unknown[] }[] };
}

function found(body: Buffer): string {
  const answer = JSON.parse(body.toString()) as Partial<LogsAnswer> & { total?: number } & LokiAnswer;
  if (answer.status === 'success') return foundByLoki(answer.data ?? []);
  return answer.logs ? `${answer.logs.length}${answer.cursor ? '+' : ''} lines` : `${count(answer.total ?? 0)} in all`;
}

function foundByLoki(data: NonNullable<LokiAnswer['data']>): string {
  if (!('resultType' in data)) return `${data.length} of them`;
  if (data.resultType !== 'streams') return `${data.result.length} series`;
  return `${data.result.reduce((sum, { values = [] }) => sum + values.length, 0)} lines`;
}
