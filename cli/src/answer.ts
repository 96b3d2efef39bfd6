/** Prometheus' and Loki's answers as text, CSV or the JSON they came as. */
import type { Output } from './command.ts';
import { csv, inert, inertJson, sparkline, table } from './table.ts';
import { timeOf } from './times.ts';
import { words } from './words.ts';

export interface Answer {
  readonly data: {
    readonly resultType: 'vector' | 'matrix' | 'scalar' | 'string' | 'streams';
    readonly result: unknown;
  };
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

type Labels = Readonly<Record<string, string>>;
type Point = readonly [seconds: number, value: string];
type HistogramPoint = readonly [seconds: number, histogram: { readonly count: string; readonly sum: string }];

interface Series {
  readonly metric: Labels;
  readonly value?: Point;
  readonly values?: readonly Point[];
  readonly histogram?: HistogramPoint;
  readonly histograms?: readonly HistogramPoint[];
}

interface Stream {
  readonly stream: Labels;
  readonly values: readonly (readonly [ns: string, line: string])[];
}

export function printed({ data }: Answer, output: Output): string {
  if (output === 'json') return `${inertJson(data)}\n`;
  switch (data.resultType) {
    case 'scalar':
    case 'string': {
      const [, value] = data.result as Point;
      return output === 'csv' ? csv(['value'], [[value]]) : `${inert(value)}\n`;
    }
    case 'vector':
      return vector(data.result as Series[], output);
    case 'matrix':
      return matrix(data.result as Series[], output);
    case 'streams':
      return streams(data.result as Stream[], output);
  }
}

function vector(series: readonly Series[], output: Output): string {
  const cells = series.map((one) => [labelsText(one.metric), pointsOf(one)[0]?.[1] ?? '']);
  return rows([words.series, words.value], cells, output);
}

function matrix(series: readonly Series[], output: Output): string {
  if (output === 'csv') {
    const cells = series.flatMap((one) =>
      pointsOf(one).map(([at, value]) => [labelsText(one.metric), new Date(at * 1000).toISOString(), value]),
    );
    return csv([words.series, words.time, words.value], cells);
  }
  const times = [...new Set(series.flatMap((one) => pointsOf(one).map(([at]) => at)))].sort((a, b) => a - b);
  const head = [words.series, '', words.last, words.least, words.most];
  return rows(
    head,
    series.map((one) => summary(one, times)),
    output,
  );
}

/** A line of bars over all times of the answer, and what it ended at, at least and at most was. */
function summary(series: Series, times: readonly number[]): string[] {
  const points = pointsOf(series);
  const numberAt = new Map(points.map(([at, value]) => [at, Number(value.replace('Inf', 'Infinity'))]));
  const numbers = times.map((at) => numberAt.get(at) ?? Number.NaN);
  const finite = numbers.filter(Number.isFinite);
  const bound = (pick: (a: number, b: number) => number) => (finite.length === 0 ? '' : short(finite.reduce(pick)));
  const last = points.at(-1)?.[1] ?? '';
  const ending = Number.isFinite(Number(last)) ? short(Number(last)) : last;
  return [
    labelsText(series.metric),
    sparkline(numbers),
    last === '' ? '' : ending,
    bound((a, b) => Math.min(a, b)),
    bound((a, b) => Math.max(a, b)),
  ];
}

const short = (value: number): string => String(Number(value.toPrecision(5)));

function pointsOf({ value, values, histogram, histograms }: Series): readonly Point[] {
  const told = (of: HistogramPoint): Point => [of[0], `count=${of[1].count} sum=${of[1].sum}`];
  const floats = values ?? (value ? [value] : []);
  const others = histograms ?? (histogram ? [histogram] : []);
  return others.length === 0 ? floats : [...floats, ...others.map(told)].sort(([a], [b]) => a - b);
}

/** Oldest first, as a terminal is read. */
function streams(found: readonly Stream[], output: Output): string {
  const entries = found.flatMap(({ stream, values }) => values.map(([ns, line]) => ({ stream, ns, line })));
  entries.sort((a, b) => a.ns.length - b.ns.length || (a.ns < b.ns ? -1 : a.ns > b.ns ? 1 : 0));
  if (output === 'csv') {
    const cells = entries.map(({ stream, ns, line }) => lineCells(stream, ns, line));
    return csv(lineHead, cells);
  }
  if (entries.length === 0) return `${words.nothing}\n`;
  return entries.map(({ stream, ns, line }) => logLine(stream, ns, line)).join('');
}

export const lineHead: readonly string[] = [words.time, words.series, words.line];

export const lineCells = (stream: Labels, ns: string, line: string): readonly string[] => [
  timeOf(ns),
  labelsText(stream),
  line,
];

/** Further lines of an entry are indented, so that none can pass for an entry of its own. */
export function logLine(stream: Labels, ns: string, line: string): string {
  const level = (stream.detected_level ?? stream.level ?? '').toUpperCase();
  const where = stream.service_name ?? labelsText(stream);
  const text = inert(line.trimEnd()).replaceAll('\n', '\n    ');
  return `${timeOf(ns)}  ${inert(level, { oneLine: true }).padEnd(5)}  ${inert(where, { oneLine: true })}  ${text}\n`;
}

export function rows(head: readonly string[], cells: readonly (readonly string[])[], output: Output): string {
  if (output === 'csv') return csv(head, cells);
  if (cells.length === 0) return `${words.nothing}\n`;
  return table(
    head,
    cells.map((row) => row.map((cell) => inert(cell, { oneLine: true }))),
  );
}

function labelsText({ __name__: name = '', ...labels }: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return pairs.length === 0 && name !== '' ? name : `${name}{${pairs.join(', ')}}`;
}
