/**
 * Exemplars for histograms whose SDK sent none: stored spans of the same service that say the same of themselves
 * (method, route, status …) and whose duration falls into the bucket. The same question gets the same answer.
 */
import { compareText, type Labels, labelPairs, labelsKey, labelValue, type Matcher, noLabels } from '#model';
import { type ExemplarsOfSeries, float, int, joinSql, type MetricReader, type Sql, sql, text } from '#store';
import { type Ask, all, nsOfMs, type TimeRange, timeWithin } from '../stored/index.ts';
import {
  type DurationFamily,
  durationFamilies,
  type Meaning,
  meanings,
  saysTheSame,
  spoken,
} from './duration-families.ts';

export interface DeriveDeps {
  readonly ask: Ask;
  readonly seriesOf: MetricReader['seriesOf'];
  /** Milliseconds; what lies further ahead than now is not looked for. */
  readonly nowMs: () => number;
}

export interface DeriveQuestion extends TimeRange {
  readonly tenant: string;
  readonly selectors: readonly (readonly Matcher[])[];
  /** What is stored for the same question: a histogram that has some of its own gets none of ours. */
  readonly stored: readonly ExemplarsOfSeries[];
  readonly signal: AbortSignal;
}

/** A longer range is answered for its newest day. */
const rangeMsMax = 86_400_000;
const seriesMax = 5_000;
/** Histograms of services looked for at once; each is a query. */
const histogramsMax = 20;
const pointsMax = 1_000;
/** Of each bucket, one point for each step of the range. */
const steps = 40;

const isDuration: Matcher = {
  name: '__name__',
  kind: '=~',
  value: durationFamilies.map(({ bucketMetric }) => bucketMetric).join('|'),
};

/** Only bucket series, each with at least one exemplar; exemplars by time. */
export async function deriveExemplars(deps: DeriveDeps, question: DeriveQuestion): Promise<ExemplarsOfSeries[]> {
  const endMs = Math.min(question.endMs, deps.nowMs());
  const startMs = Math.max(question.startMs, endMs - rangeMsMax, 0);
  if (question.selectors.length === 0 || startMs >= endMs) return [];
  const seriesOf = (selectors: DeriveQuestion['selectors']) =>
    deps.seriesOf({
      ...question,
      startMs,
      endMs,
      matcherSets: selectors.map((matchers) => [...matchers, isDuration]),
      limit: seriesMax,
    });
  const wanted = await seriesOf(question.selectors);
  if (wanted.length === 0) return [];
  // A bucket begins where the one before it ends, which may not have been asked for.
  const whole = question.selectors.map((matchers) => matchers.filter(({ name }) => name !== 'le'));
  const series = question.selectors.flat().some(({ name }) => name === 'le') ? await seriesOf(whole) : wanted;
  const isWanted = new Set(wanted.map(labelsKey));
  const histograms = histogramsOf(series, question.stored).slice(0, histogramsMax);
  const found = await Promise.all(
    histograms.map(async (histogram) => {
      const asked = { ...question, startMs, endMs, histogram };
      const points = await deps.ask<PointRow>(derivedPointsSql(asked), { signal: question.signal });
      const buckets = histogram.buckets.filter(({ labels }) => isWanted.has(labelsKey(labels)));
      return buckets.flatMap((bucket) => withPoints(bucket, histogram, points));
    }),
  );
  return found.flat();
}

/** The buckets of one histogram of one service, over all its label sets. */
interface Histogram {
  readonly family: DurationFamily;
  readonly service: string;
  /** Every bound that any of them has, ascending; `+Inf` is not among them. */
  readonly bounds: readonly number[];
  readonly buckets: readonly Bucket[];
}

interface Bucket {
  readonly labels: Labels;
  /** Over which bound of the same label set its values are, and up to which. */
  readonly over: number;
  readonly upTo: number;
}

function histogramsOf(series: readonly Labels[], stored: readonly ExemplarsOfSeries[]): Histogram[] {
  const nameOf = (labels: Labels) => `${labelValue(labels, '__name__')} ${serviceOf(labels)}`;
  const having = new Set(stored.filter(({ exemplars }) => exemplars.length > 0).map(({ labels }) => nameOf(labels)));
  const byName = new Map<string, Labels[]>();
  for (const labels of series) {
    const name = nameOf(labels);
    if (having.has(name) || Number.isNaN(boundOf(labels)) || serviceOf(labels) === '') continue;
    byName.set(name, [...(byName.get(name) ?? []), labels]);
  }
  return [...byName]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([, buckets]) => {
      const [first] = buckets;
      const family = durationFamilies.find(
        ({ bucketMetric }) => first && bucketMetric === labelValue(first, '__name__'),
      );
      if (!first || !family) return [];
      const bounds = [...new Set(buckets.map(boundOf))].filter(Number.isFinite).sort((a, b) => a - b);
      return [{ family, service: serviceOf(first), bounds, buckets: bucketsOf(buckets) }];
    });
}

/** `service_name`, or the name in `job`, which may stand behind a namespace. */
function serviceOf(labels: Labels): string {
  const job = labelValue(labels, 'job');
  return labelValue(labels, 'service_name') || job.slice(job.lastIndexOf('/') + 1);
}

function boundOf(labels: Labels): number {
  const le = labelValue(labels, 'le');
  return le === '+Inf' ? Number.POSITIVE_INFINITY : le === '' ? Number.NaN : Number(le);
}

function bucketsOf(series: readonly Labels[]): Bucket[] {
  const bySet = new Map<string, Labels[]>();
  for (const labels of series) {
    const rest = JSON.stringify([...labelPairs(labels)].filter(([name]) => name !== 'le'));
    bySet.set(rest, [...(bySet.get(rest) ?? []), labels]);
  }
  return [...bySet.values()].flatMap((set) => {
    const ascending = set.sort((a, b) => boundOf(a) - boundOf(b));
    return ascending.map((labels, i) => {
      const below = ascending[i - 1];
      return { labels, over: below ? boundOf(below) : Number.NEGATIVE_INFINITY, upTo: boundOf(labels) };
    });
  });
}

interface PointRow {
  readonly time_ms: string;
  readonly value: number;
  readonly trace_id: string;
  readonly span_id: string;
  /** What the span says of each of its family's meanings, in their order. */
  readonly said: readonly string[];
  readonly instance: string;
  readonly environment: string;
}

function withPoints(bucket: Bucket, { family }: Histogram, points: readonly PointRow[]): ExemplarsOfSeries[] {
  const exemplars = points
    .filter((point) => point.value > bucket.over && point.value <= bucket.upTo && isOf(bucket.labels, point, family))
    .map((point) => ({
      timeMs: Number(point.time_ms),
      value: point.value,
      traceId: point.trace_id,
      spanId: point.span_id,
      labels: noLabels,
    }))
    .sort((a, b) => a.timeMs - b.timeMs || compareText(a.spanId, b.spanId));
  return exemplars.length > 0 ? [{ labels: bucket.labels, exemplars }] : [];
}

/** A label that the series lacks asks nothing of the span. An instance is comparable only where OpenTelemetry named it. */
function isOf(labels: Labels, point: PointRow, { meanings: names }: DurationFamily): boolean {
  const said = names.every((name, i) => {
    const wanted = spoken(labels, name);
    return wanted === '' || saysTheSame(wanted, point.said[i] ?? '');
  });
  const environment = labelValue(labels, 'deployment_environment_name') || labelValue(labels, 'deployment_environment');
  const instance = labelValue(labels, 'service_name') === '' ? '' : labelValue(labels, 'instance');
  return (
    said &&
    (environment === '' || environment === point.environment) &&
    (instance === '' || point.instance === '' || instance === point.instance)
  );
}

interface PointsQuestion extends TimeRange {
  readonly tenant: string;
  readonly histogram: Histogram;
}

export function derivedPointsSql(question: PointsQuestion): Sql {
  const { family, service, bounds } = question.histogram;
  const stepNs = nsOfMs(Math.max(1, Math.ceil((question.endMs - question.startMs) / steps)));
  const said = sql`[${joinSql(family.meanings.map(attributeOf), ', ')}]`;
  const bucket =
    bounds.length === 0 ? sql`0` : sql`arrayFirstIndex(bound -> value <= bound, [${joinSql(bounds.map(float), ', ')}])`;
  const conditions = [
    sql`tenant = ${text(question.tenant)}`,
    sql`service = ${text(service)}`,
    family.role === 'callee' ? sql`kind IN ('server', 'consumer')` : sql`kind IN ('client', 'producer')`,
    sql`${attributeOf(family.meanings[0])} != ''`,
    timeWithin(question),
  ];
  return sql`SELECT point.1 AS time_ms, point.2 AS value, point.3 AS trace_id, point.4 AS span_id,
  said, instance, environment
FROM (
  SELECT said, instance, environment,
    argMin(tuple(toUnixTimestamp64Milli(time), value, trace_id, span_id), cityHash64(trace_id, span_id)) AS point
  FROM (
    SELECT time, trace_id, span_id, duration_ns / 1e6 / ${float(family.msPerUnit)} AS value, ${said} AS said,
      resource['service.instance.id'] AS instance,
      if(resource['deployment.environment.name'] != '', resource['deployment.environment.name'], resource['deployment.environment']) AS environment,
      ${bucket} AS bucket, intDiv(toUnixTimestamp64Nano(time) - ${int(nsOfMs(question.startMs))}, ${int(stepNs)}) AS step
    FROM spans
    WHERE ${all(conditions)}
  )
  GROUP BY said, instance, environment, bucket, step
)
ORDER BY cityHash64(trace_id, span_id)
LIMIT ${int(pointsMax)}`;
}

function attributeOf(meaning: Meaning): Sql {
  return meanings[meaning].attributes.reduceRight<Sql>(
    (otherwise, name) => sql`if(attributes[${text(name)}] != '', attributes[${text(name)}], ${otherwise})`,
    sql`''`,
  );
}
