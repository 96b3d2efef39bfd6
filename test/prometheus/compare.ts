import { numberOf, type Reply, type ReplySeries } from './beside.ts';

export interface Tolerance {
  /** How far apart two values may be, as a part of the smaller one. */
  readonly fraction: number;
  /** How far apart whatever their size: what rounding leaves of sums that should be zero. */
  readonly margin: number;
}

/** The first difference between two replies, in words; undefined when they are the same. Series in any order. */
export function differenceOf(ours: Reply, theirs: Reply, tolerance: Tolerance): string | undefined {
  if (ours.kind === 'error' || theirs.kind === 'error') {
    if (ours.kind === theirs.kind) return undefined;
    return ours.kind === 'error'
      ? `only Farol refuses: ${ours.message}`
      : `only Prometheus refuses: ${messageOf(theirs)}`;
  }
  if (ours.kind === 'series' && theirs.kind === 'series')
    return seriesDifference(ours.series, theirs.series, tolerance);
  if (ours.kind === 'series' || theirs.kind === 'series') return `a ${ours.kind}, expected a ${theirs.kind}`;
  if (ours.kind === theirs.kind && ours.text === theirs.text) return undefined;
  const isSame = ours.kind === 'scalar' && isAlike(numberOf(ours.text), numberOf(theirs.text), tolerance);
  return isSame ? undefined : `${ours.text}, expected ${theirs.text}`;
}

const messageOf = (reply: Reply): string => (reply.kind === 'error' ? reply.message : '');

function seriesDifference(
  ours: readonly ReplySeries[],
  theirs: readonly ReplySeries[],
  tolerance: Tolerance,
): string | undefined {
  const unseen = new Map(ours.map((series) => [series.labels, series]));
  if (unseen.size < ours.length) return 'two series of the same labels';
  for (const wanted of theirs) {
    const series = unseen.get(wanted.labels);
    if (series === undefined) return `lacks ${wanted.labels} ${JSON.stringify(wanted.points.slice(0, 3))}`;
    unseen.delete(wanted.labels);
    const problem = pointsDifference(series, wanted, tolerance);
    if (problem !== undefined) return `${wanted.labels}: ${problem}`;
  }
  const [extra] = unseen.values();
  return extra && `has ${extra.labels} ${JSON.stringify(extra.points.slice(0, 3))}`;
}

function pointsDifference(series: ReplySeries, wanted: ReplySeries, tolerance: Tolerance): string | undefined {
  for (const [i, [time, value]] of wanted.points.entries()) {
    const [ownTime, own] = series.points[i] ?? [];
    if (ownTime !== time || own === undefined) return `at ${ownTime} where ${value} at ${time} was expected`;
    if (!isAlike(own, value, tolerance)) return `${own} at ${time}, expected ${value}`;
  }
  const extra = series.points[wanted.points.length];
  return extra && `has ${extra[1]} at ${extra[0]}`;
}

function isAlike(a: number, b: number, { fraction, margin }: Tolerance): boolean {
  if (Object.is(a, b) || a === b) return true;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return false;
  return Math.abs(a - b) <= Math.max(margin, fraction * Math.min(Math.abs(a), Math.abs(b)));
}
