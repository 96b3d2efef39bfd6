import { type CallExpr, childrenOf, type Expr, type VectorSelector } from '@farol/promql';
import { RE2JS } from 're2js';
import { type Labels, labelPairs, labelsKey, labelValue, type Matcher } from '#model';
import type { Context } from '../context.ts';
import { failed } from '../failures.ts';
import { keyOfNames, labelsText, METRIC_NAME, withLabel } from '../labelset.ts';
import { matcherTest } from '../matchers.ts';
import { mergeSame } from '../merge.ts';
import { samplesIn } from '../prefetch.ts';
import { selectTimes } from '../select.ts';
import { ABSENT, type Grid, type GridSeries, HISTOGRAM, newSeries, type VectorValue } from '../values.ts';

/** The labels by which a series finds its info series, sorted. */
const identifying: readonly string[] = ['instance', 'job'];

/**
 * `info(v, {…})`: the series of `v` with the labels of their info series, `target_info` unless the selector says
 * otherwise. What else the selector names is what is wanted: of the labels only those, and of the series only those
 * that have them. See https://prometheus.io/docs/prometheus/latest/querying/functions/#info.
 */
export async function joinInfo(expr: CallExpr, base: VectorValue, grid: Grid, ctx: Context): Promise<VectorValue> {
  const wish = wishOf(expr.args[1]);
  const isInfo = everyOf(wish.names);
  const joins = ({ labels }: GridSeries): boolean => !isInfo(labelValue(labels, METRIC_NAME));
  const infos = await infoSeries(infoSelector(expr, wish, base.series.filter(joins)), grid, ctx);
  const byMetric = newestInfos(infos, presenceOf(base.series, grid.steps));
  const out: GridSeries[] = [];
  for (const series of base.series) {
    if (joins(series)) out.push(...withInfos(series, byMetric, wish));
    else out.push(series);
    if (ctx.pace.isDue()) await ctx.pace.rest();
  }
  return { kind: 'vector', series: mergeSame(out) };
}

interface Wish {
  /** Which metrics are info metrics. */
  readonly names: readonly Matcher[];
  /** Which labels are wanted; none means all. */
  readonly labels: readonly Matcher[];
}

function wishOf(arg: Expr | undefined): Wish {
  const matchers: readonly Matcher[] = arg?.kind === 'vector' ? arg.matchers : [];
  const names = matchers.filter(({ name }) => name === METRIC_NAME);
  const labels = matchers.filter(({ name }) => name !== METRIC_NAME);
  if (names.length === 0) return { names: [{ name: METRIC_NAME, kind: '=', value: 'target_info' }], labels };
  const isPositive = names.some(({ kind }) => kind === '=' || kind === '=~');
  return { names: isPositive ? names : [{ name: METRIC_NAME, kind: '=~', value: '.+_info' }, ...names], labels };
}

function everyOf(matchers: readonly Matcher[]): (text: string) => boolean {
  const tests = matchers.map(matcherTest);
  return (text) => tests.every((test) => test(text));
}

/** Selects what could be an info series of any of these; undefined when none can have one. */
function infoSelector({ args }: CallExpr, wish: Wish, series: readonly GridSeries[]): VectorSelector | undefined {
  const matchers: Matcher[] = [];
  for (const name of identifying) {
    const values = new Set(series.map(({ labels }) => labelValue(labels, name)));
    values.delete('');
    const value = [...values].map((each) => RE2JS.quote(each)).join('|');
    if (values.size > 0) matchers.push({ name, kind: '=~', value });
  }
  if (matchers.length === 0 || args[0] === undefined) return undefined;
  const timing = timingOf(args[0]) ?? { offsetMs: 0 };
  const { start, end } = args[0];
  return { kind: 'vector', name: '', matchers: [...matchers, ...wish.labels, ...wish.names], ...timing, start, end };
}

type Timing = Pick<VectorSelector, 'offsetMs' | 'at'>;

/** When the first selector of an expression looks: its offset and those of the subqueries around it, up to an `@`. */
function timingOf(expr: Expr): Timing | undefined {
  if (expr.kind === 'vector') return { offsetMs: expr.offsetMs, at: expr.at };
  for (const child of childrenOf(expr)) {
    const inner = timingOf(child);
    if (inner === undefined) continue;
    if (expr.kind !== 'subquery' || inner.at !== undefined) return inner;
    return { offsetMs: inner.offsetMs + expr.offsetMs, at: expr.at };
  }
  return undefined;
}

/** The info series, with the time of their newest sample at each step for its value. */
async function infoSeries(selector: VectorSelector | undefined, grid: Grid, ctx: Context): Promise<GridSeries[]> {
  if (selector === undefined) return [];
  const columns = await ctx.fetch(selector, grid);
  ctx.pace.hold(samplesIn(columns));
  const infos = await selectTimes(selector, grid, { ...ctx, plainOf: () => undefined, columnsOf: () => columns });
  for (const { labels, present } of infos) {
    if (!present.includes(HISTOGRAM)) continue;
    throw failed(`this should be an info metric, with float samples: ${labelsText(labels)}`);
  }
  return infos;
}

/** Per step the one info series that stands for a metric and a target, if any. */
type Newest = readonly (GridSeries | undefined)[];

/** By metric, then by what identifies a target. */
type NewestByMetric = ReadonlyMap<string, ReadonlyMap<string, Newest>>;

function newestInfos(infos: readonly GridSeries[], asked: Uint8Array): NewestByMetric {
  const byMetric = new Map<string, Map<string, (GridSeries | undefined)[]>>();
  for (const info of infos) {
    const metric = labelValue(info.labels, METRIC_NAME);
    const bySignature = byMetric.get(metric) ?? new Map<string, (GridSeries | undefined)[]>();
    byMetric.set(metric, bySignature);
    const signature = keyOfNames(info.labels, identifying);
    const newest = bySignature.get(signature) ?? new Array<GridSeries | undefined>(asked.length);
    bySignature.set(signature, newest);
    for (let step = 0; step < asked.length; step++) {
      if (asked[step] === ABSENT || info.present[step] === ABSENT) continue;
      newest[step] = newerOf(newest[step], info, step);
    }
  }
  return byMetric;
}

function newerOf(before: GridSeries | undefined, info: GridSeries, step: number): GridSeries {
  const timeMs = Math.round((info.values[step] ?? 0) * 1000);
  const beforeMs = before === undefined ? Number.NEGATIVE_INFINITY : Math.round((before.values[step] ?? 0) * 1000);
  if (before === undefined || beforeMs < timeMs) return info;
  if (beforeMs > timeMs) return before;
  const [existing, added] = [labelsText(before.labels), labelsText(info.labels)];
  throw failed(`found duplicate series for info metric: existing ${existing} @ ${beforeMs}, new ${added} @ ${timeMs}`);
}

function presenceOf(series: readonly GridSeries[], steps: number): Uint8Array {
  const presence = new Uint8Array(steps);
  for (const { present } of series) for (let i = 0; i < steps; i++) presence[i] ||= present[i] ?? ABSENT;
  return presence;
}

/** The series once for every set of labels it has in the course of the query. */
function withInfos(series: GridSeries, byMetric: NewestByMetric, wish: Wish): GridSeries[] {
  const signature = keyOfNames(series.labels, identifying);
  const newest: Newest[] = [];
  for (const bySignature of byMetric.values()) {
    const own = bySignature.get(signature);
    if (own !== undefined) newest.push(own);
  }
  const mayLack = wish.labels.every((matcher) => matcherTest(matcher)(''));
  const byLabels = new Map<string, GridSeries>();
  const steps = series.present.length;
  let from = 0;
  for (let step = 1; step <= steps; step++) {
    if (step < steps && newest.every((infos) => infos[step] === infos[from])) continue;
    const infos = newest.flatMap((each) => each[from] ?? []);
    const isSeen = series.present.subarray(from, step).some((kind) => kind !== ABSENT);
    if (isSeen && (infos.length > 0 || mayLack)) {
      const labels = withInfoLabels(series.labels, infos, wish);
      const key = labelsKey(labels);
      const out = byLabels.get(key) ?? emptyLike(series, labels);
      byLabels.set(key, out);
      copySteps(series, out, from, step);
    }
    from = step;
  }
  return [...byLabels.values()];
}

function emptyLike({ dropName, present, histograms }: GridSeries, labels: Labels): GridSeries {
  return { ...newSeries(labels, present.length, dropName), histograms: histograms && new Array(present.length) };
}

function copySteps(from: GridSeries, to: GridSeries, first: number, end: number): void {
  for (let step = first; step < end; step++) {
    to.values[step] = from.values[step] ?? 0;
    to.present[step] = from.present[step] ?? ABSENT;
    if (to.histograms !== undefined) to.histograms[step] = from.histograms?.[step];
  }
}

/** The series' own labels win over those of its info series, which must agree among themselves. */
function withInfoLabels(own: Labels, infos: readonly GridSeries[], wish: Wish): Labels {
  const added = new Map<string, string>();
  for (const { labels } of infos) {
    for (const [name, value] of labelPairs(labels)) {
      if (name === METRIC_NAME) continue;
      if (wish.labels.length > 0 && wish.labels.every((matcher) => matcher.name !== name)) continue;
      if ((added.get(name) ?? value) !== value) throw failed(`conflicting label: ${name}`);
      if (labelValue(own, name) === '') added.set(name, value);
    }
  }
  let labels = own;
  for (const [name, value] of added) labels = withLabel(labels, name, value);
  return labels;
}
