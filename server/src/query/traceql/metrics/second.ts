/** What is done with series: arithmetic between them and with numbers, the largest or smallest few, those that compare. */
import type { MetricsOp, SecondStage } from '@farol/traceql';
import { compare } from '../value.ts';
import { type Label, type Series, seriesKey, textLabel } from './series.ts';

export function applyStages(series: readonly Series[], stages: readonly SecondStage[]): readonly Series[] {
  return stages.reduce((at, stage) => (stage.kind === 'keep' ? kept(at, stage) : ranked(at, stage)), series);
}

function kept(series: readonly Series[], stage: SecondStage & { kind: 'keep' }): Series[] {
  const { literal, op } = stage;
  const bound = literal.type === 'duration' ? literal.value / 1e9 : Number(literal.value);
  const passes = (value: number): boolean => compare(op, { type: 'float', value }, { type: 'float', value: bound });
  return series.flatMap(({ labels, values, exemplars }) => {
    const left = values.map((value) => (passes(value) ? value : Number.NaN));
    if (left.every(Number.isNaN)) return [];
    return [{ labels, values: left, exemplars: exemplars.filter(({ value }) => passes(value)) }];
  });
}

/** At each point for itself, so more than `limit` series may be left; equal values are told apart by their labels. */
function ranked(
  series: readonly Series[],
  { kind, limit }: SecondStage & { kind: 'topk' | 'bottomk' },
): readonly Series[] {
  if (series.length <= limit) return series;
  const sign = kind === 'topk' ? -1 : 1;
  const keyed = series.map((one) => ({
    one,
    key: seriesKey(one),
    values: new Float64Array(one.values.length).fill(Number.NaN),
  }));
  const points = series[0]?.values.length ?? 0;
  for (let i = 0; i < points; i++) {
    const at = (index: { one: Series }): number => index.one.values[i] ?? Number.NaN;
    const present = keyed.filter((entry) => !Number.isNaN(at(entry)));
    present.sort((a, b) => sign * (at(a) - at(b)) || (a.key < b.key ? -1 : 1));
    for (const entry of present.slice(0, limit)) entry.values[i] = at(entry);
  }
  return keyed.flatMap(({ one, values }) => (values.every(Number.isNaN) ? [] : [{ ...one, values }]));
}

export function scaled(
  series: readonly Series[],
  { op, value, valueFirst }: { readonly op: MetricsOp; readonly value: number; readonly valueFirst: boolean },
): Series[] {
  const change = (of: number): number => (valueFirst ? computed(op, value, of) : computed(op, of, value));
  return series.map(({ labels, values, exemplars }) => ({
    labels,
    values: values.map(change),
    exemplars: exemplars.map((exemplar) => ({ ...exemplar, value: change(exemplar.value) })),
  }));
}

/** Series with the same labels; a series without labels goes with each of the other side. */
export function combined(op: MetricsOp, lhs: readonly Series[], rhs: readonly Series[]): Series[] {
  const left = new Map(lhs.map((series) => [seriesKey(series), series]));
  const right = new Map(rhs.map((series) => [seriesKey(series), series]));
  const keys = right.has('') ? left.keys() : right.keys();
  return [...keys].flatMap((key) => {
    const a = left.get(key) ?? left.get('');
    const b = right.get(key) ?? right.get('');
    if (a === undefined || b === undefined) return [];
    const values = a.values.map((value, i) => computed(op, value, b.values[i] ?? Number.NaN));
    return [{ labels: joinedLabels(op, a, b), values, exemplars: [...a.exemplars, ...b.exemplars] }];
  });
}

function joinedLabels(op: MetricsOp, a: Series, b: Series): Label[] {
  const known = new Set(a.labels.map(({ name }) => name));
  const labels = [...a.labels, ...b.labels.filter(({ name }) => !known.has(name))].filter(
    ({ name }) => name !== '__name__',
  );
  const [first, second] = [a, b].map(nameOf);
  if (first === undefined || second === undefined) return labels;
  return [textLabel('__name__', `(${first} ${op} ${second})`), ...labels];
}

function nameOf({ labels }: Series): string | undefined {
  const value = labels.find(({ name }) => name === '__name__')?.value;
  return value?.type === 'string' ? value.value : undefined;
}

function computed(op: MetricsOp, a: number, b: number): number {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0 ? Number.NaN : a / b;
  }
}
