import {
  type BinaryOp,
  type Expr,
  type LabelFilter,
  type LabelMatcher,
  type MetricExpr,
  parseByteSize,
  parseGoDuration,
  parseGoFloat,
  type RangeExpr,
  type Stage,
} from '@farol/logql';

/**
 * LogQL evaluated slowly and obviously: every line on its own, every window from scratch, no hints, no batches, no
 * caches, native JSON and native patterns. What it says is what the engine must say.
 */

export interface Line {
  readonly timeNs: bigint;
  readonly line: string;
  readonly stream: ReadonlyMap<string, string>;
  readonly metadata: ReadonlyMap<string, string>;
}

interface Held {
  line: string;
  readonly stream: Map<string, string>;
  readonly metadata: Map<string, string>;
  readonly parsed: Map<string, string>;
  /** Everything a parser ever found on this line. */
  readonly found: Set<string>;
  error: string;
  details: string;
}

export type Sample = readonly [labels: string, value: number];

export class PipelineFailure extends Error {}

/** The lines that a log query keeps, as `time line labels`, in order of time. */
export function referenceLogs(expr: Extract<Expr, { kind: 'log' }>, lines: readonly Line[]): string[] {
  return lines.flatMap((line) => {
    const held = processed(expr.matchers, expr.stages, line);
    return held === undefined ? [] : [`${line.timeNs} ${held.line} ${keyOf(allOf(held))}`];
  });
}

/** The samples of a metric expression at one time. */
export function referenceAt(expr: MetricExpr, lines: readonly Line[], timeNs: bigint): Sample[] {
  switch (expr.kind) {
    case 'range':
      return rangeAt(expr, lines, timeNs);
    case 'aggregate':
      return aggregated(expr, withUnwrapped(expr, lines, timeNs) ?? referenceAt(expr.expr, lines, timeNs));
    case 'binary':
      return combined(expr, lines, timeNs);
    default:
      throw new Error(`the fuzzer makes no ${expr.kind}`);
  }
}

/** A sum by the unwrapped label itself finds it, although an aggregation without the sum would not have it. */
function withUnwrapped(
  { op, expr, grouping }: Extract<MetricExpr, { kind: 'aggregate' }>,
  lines: readonly Line[],
  timeNs: bigint,
): Sample[] | undefined {
  if (op !== 'sum' || expr.kind !== 'range' || grouping === undefined || grouping.without) return undefined;
  return expr.op === 'rate' || expr.op === 'sum_over_time' ? rangeAt({ ...expr, grouping }, lines, timeNs) : undefined;
}

function combined(expr: Extract<MetricExpr, { kind: 'binary' }>, lines: readonly Line[], timeNs: bigint): Sample[] {
  if (expr.right.kind !== 'number') throw new Error('the fuzzer compares with numbers only');
  const { value } = expr.right;
  return referenceAt(expr.left, lines, timeNs).flatMap(([labels, sample]): Sample[] => {
    const result = applied(expr.op, sample, value);
    if (typeof result === 'number') return [[labels, result]];
    if (expr.bool) return [[labels, Number(result)]];
    return result ? [[labels, sample]] : [];
  });
}

function applied(op: BinaryOp, a: number, b: number): number | boolean {
  if (op === '>') return a > b;
  if (op === '<=') return a <= b;
  if (op === '*') return a * b;
  if (op === '/') return b === 0 ? Number.NaN : a / b;
  throw new Error(`the fuzzer makes no ${op}`);
}

const stringOf = (labels: Iterable<readonly [string, string]>): string =>
  JSON.stringify([...labels].sort(([a], [b]) => (a < b ? -1 : 1)));
const keyOf = (labels: ReadonlyMap<string, string>): string => stringOf(labels);
const labelsIn = (key: string): [string, string][] => JSON.parse(key);

function aggregated(expr: Extract<MetricExpr, { kind: 'aggregate' }>, input: readonly Sample[]): Sample[] {
  const groups = new Map<string, number[]>();
  for (const [key, value] of input) {
    const { grouping } = expr;
    const isKept = ([name]: [string, string]): boolean =>
      grouping !== undefined && grouping.labels.includes(name) !== grouping.without;
    const group = stringOf(labelsIn(key).filter(isKept));
    groups.set(group, [...(groups.get(group) ?? []), value]);
  }
  return [...groups].map(([key, values]): Sample => [key, fold(expr.op, values)]);
}

function fold(op: string, values: readonly number[]): number {
  const sum = values.reduce((a, b) => a + b, 0);
  if (op === 'sum') return sum;
  if (op === 'avg') return sum / values.length;
  if (op === 'max') return Math.max(...values);
  if (op === 'min') return Math.min(...values);
  if (op === 'count') return values.length;
  throw new Error(`the fuzzer makes no ${op}`);
}

function rangeAt(expr: RangeExpr, lines: readonly Line[], timeNs: bigint): Sample[] {
  const { range } = expr;
  const endNs = timeNs - BigInt(Math.round(range.offsetMs * 1e6));
  const startNs = endNs - BigInt(range.rangeMs) * 1_000_000n;
  const series = new Map<string, number[]>();
  for (const line of lines) {
    if (line.timeNs <= startNs || line.timeNs > endNs) continue;
    const held = processed(range.log.matchers, range.log.stages, line);
    const value = held === undefined ? undefined : amountOf(expr, held);
    if (held === undefined || value === undefined) continue;
    if (held.error !== '') throw new PipelineFailure(held.error);
    const key = stringOf([...allOf(held)].filter(([name]) => isOfSeries(expr, name)));
    series.set(key, [...(series.get(key) ?? []), value]);
  }
  return [...series].map(([key, values]): Sample => [key, over(expr, values)]);
}

function isOfSeries({ grouping, range }: RangeExpr, name: string): boolean {
  if (grouping !== undefined && !grouping.without) return grouping.labels.includes(name);
  return name !== range.unwrap?.name && !grouping?.labels.includes(name);
}

function amountOf({ op, range: { unwrap } }: RangeExpr, held: Held): number | undefined {
  if (unwrap === undefined) return op.startsWith('bytes') ? Buffer.byteLength(held.line) : 1;
  const text = labelOf(held, unwrap.name) ?? '';
  if (text === '') return undefined;
  const value =
    unwrap.conversion === 'bytes' ? parseByteSize(text) : unwrap.conversion ? seconds(text) : parseGoFloat(text);
  if (typeof value !== 'number') held.error = 'SampleExtractionErr';
  if (!unwrap.filters.every((filter) => passes(filter, held))) return undefined;
  return typeof value === 'number' ? value : 0;
}

function seconds(text: string): number | { readonly problem: string } {
  const ns = parseGoDuration(text);
  return typeof ns === 'number' ? ns / 1e9 : ns;
}

function over({ op, range, param = 0 }: RangeExpr, values: readonly number[]): number {
  const sum = values.reduce((a, b) => a + b, 0);
  const mean = sum / values.length;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
  switch (op) {
    case 'count_over_time':
    case 'bytes_over_time':
    case 'sum_over_time':
      return sum;
    case 'rate':
    case 'bytes_rate':
      return sum / (range.rangeMs / 1000);
    case 'avg_over_time':
      return mean;
    case 'max_over_time':
      return Math.max(...values);
    case 'min_over_time':
      return Math.min(...values);
    case 'first_over_time':
      return values[0] ?? 0;
    case 'last_over_time':
      return values.at(-1) ?? 0;
    case 'stdvar_over_time':
      return variance;
    case 'stddev_over_time':
      return Math.sqrt(variance);
    case 'quantile_over_time': {
      const sorted = [...values].sort((a, b) => a - b);
      const rank = param * (sorted.length - 1);
      const low = sorted[Math.floor(rank)] ?? 0;
      return low + ((sorted[Math.ceil(rank)] ?? 0) - low) * (rank - Math.floor(rank));
    }
    default:
      throw new Error(`the fuzzer makes no ${op}`);
  }
}

function processed(matchers: readonly LabelMatcher[], stages: readonly Stage[], line: Line): Held | undefined {
  if (!matchers.every((matcher) => matches(matcher, line.stream.get(matcher.name) ?? ''))) return undefined;
  const metadata = [...line.metadata].map(
    ([name, value]) => [line.stream.has(name) ? `${name}_extracted` : name, value] as const,
  );
  const held: Held = {
    line: line.line,
    stream: new Map(line.stream),
    metadata: new Map(metadata),
    parsed: new Map(),
    found: new Set(),
    error: '',
    details: '',
  };
  const original = new Set(line.stream.keys());
  return stages.every((stage) => runs(stage, held, original)) ? held : undefined;
}

function allOf(held: Held): Map<string, string> {
  const all = new Map([...held.stream, ...held.metadata, ...held.parsed]);
  if (held.error !== '') all.set('__error__', held.error);
  if (held.details !== '') all.set('__error_details__', held.details);
  return all;
}

function labelOf(held: Held, name: string): string | undefined {
  return held.parsed.get(name) ?? held.metadata.get(name) ?? held.stream.get(name);
}

function matches({ kind, value }: LabelMatcher, text: string): boolean {
  if (kind === '=' || kind === '!=') return (text === value) === (kind === '=');
  return new RegExp(`^(?:${value})$`, 's').test(text) === (kind === '=~');
}

function put(held: Held, name: string, value: string): void {
  held.metadata.delete(name);
  held.parsed.set(name, value);
  held.found.add(name);
}

function take(held: Held, name: string): void {
  for (const part of [held.stream, held.metadata, held.parsed]) part.delete(name);
}

function runs(stage: Stage, held: Held, original: ReadonlySet<string>): boolean {
  const find = (field: string, value: string): void => {
    const name = original.has(field) || held.metadata.has(field) ? `${field}_extracted` : field;
    if (!held.found.has(name)) put(held, name, value);
  };
  switch (stage.kind) {
    case 'line':
      return stage.operands.some(({ value }) => lineHas(stage.op, held.line, value)) === stage.op.startsWith('|');
    case 'filter':
      return passes(stage.filter, held);
    case 'json':
      parseJson(held, find);
      return true;
    case 'logfmt':
      for (const [, key = '', quoted, bare] of held.line.matchAll(
        /(?:^|\s)([^\s="]+)=(?:"([^"]*)"|([^\s"=]*))(?=\s|$)/g,
      )) {
        const value = quoted ?? bare ?? '';
        if (value !== '') find(wordOf(key), value);
      }
      return true;
    case 'regexp': {
      const groups = new RegExp(stage.pattern.replaceAll('?P<', '?<')).exec(held.line)?.groups ?? {};
      for (const [name, value] of Object.entries(groups)) find(name, value ?? '');
      return true;
    }
    case 'line_format':
      held.line = rendered(stage.template, held);
      return true;
    case 'label_format':
      for (const format of stage.formats) {
        if (format.kind === 'template') {
          put(held, format.to, rendered(format.template, held));
          continue;
        }
        const value = labelOf(held, format.from);
        if (value === undefined) continue;
        put(held, format.to, value);
        take(held, format.from);
      }
      return true;
    case 'drop':
      for (const choice of stage.labels) {
        const matcher = choice.kind === 'match' ? choice.matcher : undefined;
        const name = matcher?.name ?? (choice.kind === 'name' ? choice.name : '');
        if (matcher === undefined || matches(matcher, labelOf(held, name) ?? '')) take(held, name);
      }
      return true;
    case 'keep': {
      const kept = new Set(stage.labels.map((choice) => (choice.kind === 'name' ? choice.name : '')));
      for (const name of [...held.stream.keys(), ...held.metadata.keys(), ...held.parsed.keys()]) {
        if (!kept.has(name)) take(held, name);
      }
      return true;
    }
    default:
      throw new Error(`the fuzzer makes no ${stage.kind}`);
  }
}

const wordOf = (key: string): string => key.replace(/^(?=\d)/, '_').replace(/\W/g, '_');

function lineHas(op: string, line: string, value: string): boolean {
  if (op === '|=' || op === '!=') return line.includes(value);
  if (op === '|~' || op === '!~')
    return new RegExp(value.replace('(?i)', ''), value.startsWith('(?i)') ? 'i' : '').test(line);
  throw new Error(`the fuzzer makes no ${op}`);
}

function parseJson(held: Held, find: (field: string, value: string) => void): void {
  let json: unknown;
  try {
    json = JSON.parse(held.line);
  } catch {
    json = undefined;
  }
  if (json === null || typeof json !== 'object' || Array.isArray(json)) {
    held.error = 'JSONParserErr';
    held.details = `Value looks like object, but can't find closing '}' symbol`;
    return;
  }
  walk(json, '', find);
}

function walk(json: object, prefix: string, find: (field: string, value: string) => void): void {
  for (const [key, value] of Object.entries(json)) {
    const name = `${prefix}${key.replace(/\W/g, '_')}`;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) walk(value, `${name}_`, find);
    else if (value !== null && typeof value !== 'object') find(name, String(value));
  }
}

function rendered(template: string, held: Held): string {
  return template.replace(/\{\{\s*\.(\w+)\s*(?:\|\s*(\w+)\s*)?\}\}/g, (_, name: string, then?: string) => {
    const value = allOf(held).get(name) ?? '';
    if (then === undefined) return value;
    return then === 'upper' ? value.toUpperCase() : value.trim();
  });
}

function passes(filter: LabelFilter, held: Held): boolean {
  switch (filter.kind) {
    case 'and': {
      const left = passes(filter.left, held);
      return passes(filter.right, held) && left;
    }
    case 'or':
      return passes(filter.left, held) || passes(filter.right, held);
    case 'match': {
      const { name } = filter.matcher;
      return matches(filter.matcher, name === '__error__' ? held.error : (labelOf(held, name) ?? ''));
    }
    case 'ip':
      throw new Error('the fuzzer makes no ip');
    default:
      return comparesTo(filter, held);
  }
}

function comparesTo(filter: Extract<LabelFilter, { kind: 'number' | 'duration' | 'bytes' }>, held: Held): boolean {
  const text = labelOf(held, filter.name);
  if (text === undefined) return false;
  const read = { number: parseGoFloat, duration: parseGoDuration, bytes: parseByteSize }[filter.kind];
  const value = read(text);
  if (typeof value !== 'number') {
    if (held.error === '') {
      held.error = 'LabelFilterErr';
      held.details = value.problem;
    }
    return true;
  }
  if (filter.op === '==') return value === filter.value;
  if (filter.op === '!=') return value !== filter.value;
  if (filter.op === '>') return value > filter.value;
  if (filter.op === '>=') return value >= filter.value;
  return filter.op === '<' ? value < filter.value : value <= filter.value;
}
