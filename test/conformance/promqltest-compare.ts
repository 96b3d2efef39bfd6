import type { SeriesDescription } from '../../packages/promql/src/index.ts';
import {
  compareLabels,
  type Labels,
  labelsKey,
  type NativeHistogram,
  type SeriesColumns,
} from '../../server/src/model/index.ts';
import { fromNative, toNative } from '../../server/src/query/promql/histograms/histogram.ts';
import type { Answer, QueryValue } from '../../server/src/query/promql/index.ts';
import { labelsText } from '../../server/src/query/promql/labelset.ts';
import { type StepValue, stepsOf } from './promqltest-histograms.ts';
import type { EvalCommand, RangeTimes } from './promqltest-script.ts';
import { labelsOf } from './promqltest-series.ts';

/** What is wrong with an answer, or undefined. */
export function problemOf(command: EvalCommand, answer: Answer): string | undefined {
  return annotationProblem(command, answer) ?? valueProblem(command, answer.value);
}

function annotationProblem({ expects }: EvalCommand, { annotations }: Answer): string | undefined {
  for (const [kind, list] of [['warn', annotations.warnings] as const, ['info', annotations.infos] as const]) {
    const texts = list.map(({ text }) => text);
    const wanted = expects.filter((expect) => expect.kind === kind);
    if (expects.some((expect) => expect.kind === `no_${kind}`) && texts.length > 0)
      return `unexpected ${kind}: ${texts}`;
    if (wanted.length === 0) continue;
    if (texts.length === 0) return `no ${kind}, expected ${wanted.map(({ wish }) => wish).join(' | ')}`;
    const missing = wanted.find(({ matches }) => matches !== undefined && !texts.some(matches));
    if (missing !== undefined) return `no ${kind} like ${missing.wish}, but ${texts.join(' | ')}`;
    const extra = texts.find((text) => !wanted.some(({ matches }) => matches === undefined || matches(text)));
    if (extra !== undefined) return `${kind} nobody expected: ${extra}`;
  }
  return undefined;
}

function valueProblem(command: EvalCommand, value: QueryValue): string | undefined {
  switch (value.kind) {
    case 'string':
      return value.value === command.string ? undefined : `string ${value.value}, expected ${command.string}`;
    case 'scalar':
      if (command.scalar === undefined) return `scalar ${value.value}, expected series`;
      return almostEqual(value.value, command.scalar) ? undefined : `scalar ${value.value}, expected ${command.scalar}`;
    case 'vector':
      return vectorProblem(command, value);
    case 'matrix':
      return matrixProblem(command, value.series);
  }
}

function vectorProblem(command: EvalCommand, value: QueryValue & { kind: 'vector' }): string | undefined {
  if (command.scalar !== undefined) return 'a vector, expected a scalar';
  const expected = new Map(command.series.map((series, index) => [labelsKey(labelsOf(series)), { series, index }]));
  const isOrdered = command.expects.some(({ kind }) => kind === 'ordered');
  const seen = new Set<string>();
  for (const [index, labels] of value.labels.entries()) {
    const key = labelsKey(labels);
    const wish = expected.get(key);
    if (wish === undefined) return `unexpected series ${labelsText(labels)} ${value.values[index]}`;
    if (isOrdered && wish.index !== index) return `${labelsText(labels)} at ${index}, expected at ${wish.index}`;
    const [first] = stepsOf(wish.series.values);
    const problem = elementProblem(first, value.histograms?.[index] ?? value.values[index] ?? 0);
    if (problem !== undefined) return `${labelsText(labels)} ${problem}`;
    seen.add(key);
  }
  return missing(command.series, seen);
}

function missing(series: readonly SeriesDescription[], seen: ReadonlySet<string>): string | undefined {
  const lost = series.map(labelsOf).find((labels) => !seen.has(labelsKey(labels)));
  return lost === undefined ? undefined : `missing series ${labelsText(lost)}`;
}

function matrixProblem(command: EvalCommand, answer: readonly SeriesColumns[]): string | undefined {
  const times = command.times.kind === 'range' ? command.times : command.times.samples;
  if (times === undefined) return 'a matrix, expected a vector';
  if (command.scalar !== undefined) return 'a matrix, expected a scalar';
  const expected = new Map(command.series.map((series) => [labelsKey(labelsOf(series)), series]));
  const seen = new Set<string>();
  let before: Labels | undefined;
  for (const series of answer) {
    if (before !== undefined && compareLabels(before, series.labels) >= 0) return 'series out of order';
    before = series.labels;
    const wish = expected.get(labelsKey(series.labels));
    if (wish === undefined) return `unexpected series ${labelsText(series.labels)} ${[...series.values]}`;
    seen.add(labelsKey(series.labels));
    const problem = columnsProblem(series, wish, times);
    if (problem !== undefined) return `${labelsText(series.labels)}: ${problem}`;
  }
  return missing(command.series, seen);
}

function columnsProblem(
  series: SeriesColumns,
  wish: SeriesDescription,
  { startMs, stepMs }: Omit<RangeTimes, 'kind'>,
): string | undefined {
  const wanted = stepsOf(wish.values).flatMap((value, step) =>
    value.kind === 'omitted' ? [] : [{ timeMs: startMs + step * stepMs, value }],
  );
  const floats = [...series.values].map((value, i) => ({ timeMs: series.timesMs[i] ?? 0, value }));
  const histograms = (series.histograms ?? []).map(({ timeMs, histogram }) => ({ timeMs, value: histogram }));
  const actual = [...floats, ...histograms].sort((a, b) => a.timeMs - b.timeMs);
  if (wanted.length !== actual.length) {
    return `${wanted.length} points expected, got ${JSON.stringify(actual.map(({ timeMs, value }) => [timeMs, value]))}`;
  }
  for (const [i, { timeMs, value }] of wanted.entries()) {
    if (actual[i]?.timeMs !== timeMs) return `time ${actual[i]?.timeMs}, expected ${timeMs}`;
    const problem = elementProblem(value, actual[i]?.value ?? Number.NaN);
    if (problem !== undefined) return `at ${timeMs} ${problem}`;
  }
  return undefined;
}

function elementProblem(wanted: StepValue | undefined, actual: number | NativeHistogram): string | undefined {
  if (wanted?.kind === 'float' && typeof actual === 'number') {
    return almostEqual(wanted.value, actual) ? undefined : `is ${actual}, expected ${wanted.value}`;
  }
  if (wanted?.kind === 'histogram' && typeof actual !== 'number') {
    const isSame = sameHistogram(toNative(fromNative(wanted.histogram)), actual, wanted.statesHint);
    return isSame ? undefined : `is ${JSON.stringify(actual)}, expected ${JSON.stringify(wanted.histogram)}`;
  }
  return `is ${typeof actual === 'number' ? actual : JSON.stringify(actual)}, expected ${JSON.stringify(wanted)}`;
}

function sameHistogram(a: NativeHistogram, b: NativeHistogram, withHint: boolean): boolean {
  const sameList = (x: readonly number[], y: readonly number[]): boolean =>
    x.length === y.length && x.every((value, i) => almostEqual(value, y[i] ?? Number.NaN));
  return (
    a.schema === b.schema &&
    almostEqual(a.count, b.count) &&
    almostEqual(a.sum, b.sum) &&
    a.zeroThreshold === b.zeroThreshold &&
    almostEqual(a.zeroCount, b.zeroCount) &&
    sameList(a.positiveSpans, b.positiveSpans) &&
    sameList(a.positiveCounts, b.positiveCounts) &&
    sameList(a.negativeSpans, b.negativeSpans) &&
    sameList(a.negativeCounts, b.negativeCounts) &&
    sameList(a.customBounds, b.customBounds) &&
    (!withHint || a.resetHint === b.resetHint)
  );
}

const epsilon = 1e-6;
const smallestNormal = 2.2250738585072014e-308;

/** Prometheus' `almost.Equal`: relative, except next to zero. */
function almostEqual(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b);
  if (a === b) return true;
  const sum = Math.abs(a) + Math.abs(b);
  const distance = Math.abs(a - b);
  if (a === 0 || b === 0 || sum < smallestNormal) return distance < epsilon * smallestNormal;
  return distance / Math.min(sum, Number.MAX_VALUE) < epsilon;
}
