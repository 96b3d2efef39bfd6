import {
  Arguments,
  expander,
  type FunctionContext,
  isMap,
  isTime,
  printTime,
  replaceEach,
  type TemplateFunction,
  TemplateProblem,
  textOf,
  type Value,
} from '@farol/gotemplate';
import { parseDurationMs } from '@farol/promql';
import type { RE2JS } from 're2js';
import { numberFunctions } from './numbers.ts';

export interface AlertContext extends FunctionContext {
  readonly externalUrl: string;
  readonly timeMs: number;
  /** What `query` has been answered so far. */
  readonly answers: ReadonlyMap<string, Value>;
  /** Compiles an RE2 pattern. Throws TemplateProblem. */
  readonly regex: (pattern: string) => RE2JS;
}

/** Thrown by `query` when its answer is not there: ask, and run the template again. */
export class NeedsAnswer extends Error {
  readonly query: string;

  constructor(query: string) {
    super('a template asks');
    this.query = query;
  }
}

type Body = (args: Arguments, ctx: AlertContext) => Value;

function taking(count: number, bodies: Readonly<Record<string, Body>>): [string, TemplateFunction<AlertContext>][] {
  const counts = { min: count, max: count };
  return Object.entries(bodies).map(([name, body]) => [
    name,
    (values, ctx) => body(new Arguments(name, values, counts), ctx),
  ]);
}

export const functions: ReadonlyMap<string, TemplateFunction<AlertContext>> = new Map([
  ...numberFunctions,
  ...taking(0, {
    now: (_, { timeMs }) => timeMs / 1000,
    externalURL: (_, { externalUrl }) => externalUrl,
    pathPrefix: (_, { externalUrl }) => (URL.parse(externalUrl)?.pathname ?? '').replace(/\/$/, ''),
  }),
  ...taking(1, {
    query: (args, { answers }) => answerOf(args.string(0), answers),
    first: (args) => listOf('first', args.any(0))[0] ?? fail('first', 'first() called on vector with no elements'),
    value: (args) => sampleField('value', args.any(0), 'Value'),
    strvalue: (args) => labelOf('strvalue', args.any(0), '__value__'),
    safeHtml: (args) => args.string(0),
    toUpper: (args) => args.string(0).toUpperCase(),
    toLower: (args) => args.string(0).toLowerCase(),
    // The first letter of each word; the others stay as they are.
    title: (args) =>
      args.string(0).replace(/(^|[^\p{L}\p{N}_'’.])(\p{Ll})/gu, (_, before, letter) => before + letter.toUpperCase()),
    stripPort: (args) => hostOf(args.string(0))?.host ?? args.string(0),
    stripDomain: (args) => withoutDomain(args.string(0)),
    // In Farol a query's page is the metrics explorer.
    graphLink: (args) => `/metrics-explorer?q=${encodeURIComponent(args.string(0))}&view=graph`,
    tableLink: (args) => `/metrics-explorer?q=${encodeURIComponent(args.string(0))}&view=table`,
    urlQueryEscape: (args) => encodeURIComponent(args.string(0)).replaceAll('%20', '+'),
    parseDuration: (args) => secondsOf(args.string(0)),
  }),
  ...taking(2, {
    label: (args) => labelOf('label', args.any(1), args.string(0)),
    match: (args, { regex }) => regex(args.string(0)).matcher(args.string(1)).find(),
    sortByLabel: (args) => sortedBy(args.string(0), listOf('sortByLabel', args.any(1))),
  }),
  ...taking(3, {
    reReplaceAll: (args, { regex }) => replaceEach(regex(args.string(0)), args.string(2), expander(args.string(1))),
  }),
  ['args', (values) => new Map(values.map((value, i) => [`arg${i}`, value]))],
]);

function answerOf(query: string, answers: ReadonlyMap<string, Value>): Value {
  const answer = answers.get(query);
  if (answer === undefined) throw new NeedsAnswer(query);
  return answer;
}

function fail(name: string, problem: string): never {
  throw new TemplateProblem(`error calling ${name}: ${problem}`);
}

function listOf(name: string, value: Value): readonly Value[] {
  return Array.isArray(value) ? (value as readonly Value[]) : fail(name, 'expected the answer of a query');
}

function sampleField(name: string, sample: Value, field: 'Labels' | 'Value'): Value {
  return isMap(sample) && !isTime(sample) ? sample.get(field) : fail(name, 'expected a sample of a query');
}

/** Labels that are not there are empty. */
function labelOf(name: string, sample: Value, label: string): string {
  const labels = sampleField(name, sample, 'Labels');
  return isMap(labels) ? textOf(labels.get(label) ?? '', printTime) : '';
}

function sortedBy(label: string, samples: readonly Value[]): readonly Value[] {
  const keyed = samples.map((sample) => ({ sample, key: labelOf('sortByLabel', sample, label) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ sample }) => sample);
}

/** Go's net.SplitHostPort; undefined where it complains. */
function hostOf(text: string): { host: string; port: string } | undefined {
  const match = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/.exec(text);
  return match === null ? undefined : { host: match[1] ?? match[2] ?? '', port: match[3] ?? '' };
}

function withoutDomain(text: string): string {
  const { host, port } = hostOf(text) ?? { host: text, port: '' };
  if (/^[\d.]+$/.test(host) || host.includes(':')) return text;
  const name = host.split('.')[0] ?? '';
  return port === '' ? name : `${name}:${port}`;
}

function secondsOf(text: string): number {
  const isNegative = text.startsWith('-');
  const ms = parseDurationMs(isNegative ? text.slice(1) : text);
  if (ms === undefined) return fail('parseDuration', `not a valid duration string: ${JSON.stringify(text)}`);
  return (isNegative ? -ms : ms) / 1000;
}
