/**
 * Whether two Prometheus answers say the same: the same series, the same times, values within rounding. Two kinds of
 * difference are no disagreement, and are told apart by looking, not by name: `topk` between series that tie, which may
 * name either; and a quantile whose rank falls on a bucket's very edge, where the last bit of a sum decides.
 */
interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

export interface Answer {
  readonly data: { readonly result: readonly Series[] };
}

const tolerance = 1e-9;

export interface Agreement {
  /** In words, the first; undefined when they agree. */
  readonly difference?: string;
  /** Times at which a tie, or a rank on an edge, was decided otherwise. */
  readonly undecided: number;
}

export interface Compared {
  readonly query: string;
  readonly ours: Answer;
  readonly theirs: Answer;
  /** Asks the other again, for the buckets behind a quantile. */
  readonly askTheirs: (query: string, atSeconds: number) => Promise<Answer>;
}

const quantileOf = /^histogram_quantile\(([\d.]+), (.+)\)$/;

export async function agreementOf({ query, ours, theirs, askTheirs }: Compared): Promise<Agreement> {
  const isRanked = /^(topk|bottomk)\(/.test(query);
  const [mine, other] = [byTime(ours), byTime(theirs)];
  const [, quantile, buckets] = quantileOf.exec(query) ?? [];
  let undecided = 0;
  for (const time of new Set([...mine.keys(), ...other.keys()])) {
    const found = { mine: mine.get(time) ?? new Map(), other: other.get(time) ?? new Map() };
    const labels = differing(found);
    if (labels === undefined) continue;
    if (isRanked && isTie(found)) undecided++;
    else if (quantile && buckets && isOnEdge(await askTheirs(buckets, time), Number(quantile), labels)) undecided++;
    else {
      const [a, b] = [found.mine.get(labels), found.other.get(labels)];
      return { difference: `${labels} at ${time}: ${a ?? 'nothing'} against ${b ?? 'nothing'}`, undecided };
    }
  }
  return { undecided };
}

type Points = ReadonlyMap<string, number>;

interface Moment {
  readonly mine: Points;
  readonly other: Points;
}

function byTime({ data }: Answer): Map<number, Map<string, number>> {
  const times = new Map<number, Map<string, number>>();
  for (const { metric, value, values } of data.result) {
    const labels = keyOf(metric);
    for (const [time, text] of values ?? (value ? [value] : [])) {
      const points = times.get(time) ?? new Map<string, number>();
      points.set(labels, Number(text));
      times.set(time, points);
    }
  }
  return times;
}

function keyOf(metric: Series['metric']): string {
  return JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The first labels whose values differ, or that only one has. */
function differing({ mine, other }: Moment): string | undefined {
  for (const labels of new Set([...mine.keys(), ...other.keys()])) {
    const [a, b] = [mine.get(labels), other.get(labels)];
    if (a === undefined || b === undefined || !near(a, b)) return labels;
  }
  return undefined;
}

/** As many series, with the same values: only which of the equal ones is named differs. */
function isTie({ mine, other }: Moment): boolean {
  const [a, b] = [mine, other].map((points) => [...points.values()].sort((x, y) => x - y));
  return a?.length === b?.length && (a ?? []).every((value, i) => near(value, b?.[i] ?? Number.NaN));
}

/** Whether the rank of the quantile is, within rounding, what one of the buckets has counted. */
function isOnEdge({ data }: Answer, quantile: number, labels: string): boolean {
  const counted = data.result
    .filter(({ metric: { le: _, ...rest } }) => keyOf(rest) === labels)
    .map(({ value }) => Number(value?.[1]));
  const rank = quantile * Math.max(...counted);
  return counted.some((value) => near(value, rank));
}

function near(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b);
  return a === b || Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
}
