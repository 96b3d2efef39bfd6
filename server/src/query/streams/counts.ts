/** Lines and bytes per group and window, counted where they stand. */
import { type Labels, type Limits, labelsFrom, Refusal } from '#model';
import { int, joinSql, type RowReader, type Sql, type Store, sql } from '#store';
import type { CountEntries, CountedGroup, CountQuestion } from '../logql/index.ts';
import { all, timeWithinNs } from '../stored/index.ts';
import { labelConditions } from './labelfilters.ts';
import { labelValueSql, storedLabels } from './labelsql.ts';
import { exactConditions } from './linefilters.ts';
import { selectorConditions } from './matchers.ts';

export interface CountsDeps {
  readonly ask: Store['ask'];
  readonly scan: Store['scan'];
  readonly limits: Limits['query'];
}

/** More buckets than this a group are not worth their memory: the lines are read instead. */
const bucketsMax = 50_000;

export function createCounts(deps: CountsDeps): CountEntries {
  return async (question) => {
    const conditions = exactConditions(question.lineFilters);
    const buckets = bucketsOf(question);
    if (conditions === undefined || buckets === undefined) return undefined;
    const selection = { ...question, startNs: buckets.startNs + 1n, endNs: buckets.endNs + 1n };
    const about = { selection, signal: question.signal };
    const [labels, ofLabels] = await Promise.all([
      storedLabels(question.by, about, deps),
      labelConditions(question.labelFilters, about, deps),
    ]);
    const groups = labels.map(labelValueSql);
    // The lengths are as dear as the lines themselves: they are read only for their own sake.
    const bytes = question.measure === 'bytes' ? sql`sum(length(body))` : sql`toUInt64(0)`;
    const query = sql`SELECT ${joinSql([bucketSql(buckets), ...groups], ', ')}, count(), ${bytes}
FROM logs
WHERE ${all([...selectorConditions(question), timeWithinNs(selection.startNs, selection.endNs - 1n), ...ofLabels, ...conditions])}
GROUP BY ALL`;
    return counted(query, { question, buckets, deps });
  };
}

/**
 * Windows (end − range, end] are whole numbers of buckets: bucket i is (start + i · width, start + (i + 1) · width].
 * Window k begins at bucket k · perStep and is perRange long.
 */
interface Buckets {
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly widthNs: bigint;
  readonly count: number;
  readonly perStep: number;
  readonly perRange: number;
}

function bucketsOf({ firstEndNs, stepNs, steps, rangeNs }: CountQuestion): Buckets | undefined {
  const widthNs = steps === 1 ? rangeNs : greatestCommonDivisor(rangeNs, stepNs);
  if (widthNs <= 0n) return undefined;
  const startNs = firstEndNs - rangeNs;
  const endNs = firstEndNs + stepNs * BigInt(steps - 1);
  const count = Number((endNs - startNs) / widthNs);
  if (startNs < 0n || count > bucketsMax) return undefined;
  return {
    startNs,
    endNs,
    widthNs,
    count,
    perStep: steps === 1 ? 0 : Number(stepNs / widthNs),
    perRange: Number(rangeNs / widthNs),
  };
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [large, small] = [a, b];
  while (small !== 0n) [large, small] = [small, large % small];
  return large;
}

function bucketSql({ startNs, widthNs }: Buckets): Sql {
  return sql`toUInt32(intDiv(toUnixTimestamp64Nano(time) - ${int(startNs + 1n)}, ${int(widthNs)}))`;
}

interface Counting {
  readonly question: CountQuestion;
  readonly buckets: Buckets;
  readonly deps: CountsDeps;
}

interface Tally {
  readonly labels: Labels;
  readonly lines: Float64Array;
  readonly bytes: Float64Array;
}

async function counted(query: Sql, { question, buckets, deps }: Counting): Promise<CountedGroup[]> {
  const { by, measure } = question;
  const { seriesMax } = deps.limits;
  const tallies = new Map<string, Tally>();
  const readRow = (reader: RowReader): CountRow => ({
    bucket: reader.uint32(),
    values: by.map(() => reader.text()),
    lines: reader.integer64(),
    bytes: reader.integer64(),
  });
  for await (const rows of deps.scan(query, readRow, question)) {
    for (const { bucket, values, lines, bytes } of rows) {
      const key = JSON.stringify(values);
      let tally = tallies.get(key);
      if (tally === undefined) {
        if (tallies.size >= seriesMax) throw tooManyGroups(seriesMax);
        tally = emptyTally(by, values, buckets.count);
        tallies.set(key, tally);
      }
      tally.lines[bucket] = lines;
      tally.bytes[bucket] = bytes;
    }
  }
  return [...tallies.values()].map(({ labels, ...sums }) => ({
    labels,
    values: windowSums(sums.lines, measure === 'lines' ? sums.lines : sums.bytes, { buckets, steps: question.steps }),
  }));
}

interface CountRow {
  readonly bucket: number;
  readonly values: readonly string[];
  readonly lines: number;
  readonly bytes: number;
}

function emptyTally(by: readonly string[], values: readonly string[], count: number): Tally {
  const labels = labelsFrom(by.map((name, i) => [name, values[i] ?? ''] as const));
  return { labels, lines: new Float64Array(count), bytes: new Float64Array(count) };
}

/** Sums over windows that overlap are differences of running sums; whole numbers, so exact. */
function windowSums(
  lines: Float64Array,
  measured: Float64Array,
  { buckets, steps }: { buckets: Buckets; steps: number },
): Float64Array {
  const { perStep, perRange } = buckets;
  const lineSums = runningSums(lines);
  const sums = runningSums(measured);
  const values = new Float64Array(steps);
  for (let k = 0; k < steps; k++) {
    const from = k * perStep;
    const to = from + perRange;
    const hasLines = (lineSums[to] ?? 0) > (lineSums[from] ?? 0);
    values[k] = hasLines ? (sums[to] ?? 0) - (sums[from] ?? 0) : Number.NaN;
  }
  return values;
}

function runningSums(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) sums[i + 1] = (sums[i] ?? 0) + (values[i] ?? 0);
  return sums;
}

function tooManyGroups(seriesMax: number): Refusal {
  return new Refusal(
    `the query sums lines into over ${seriesMax} series (query.seriesMax); sum by fewer labels, or narrow the selector`,
    { code: 'QUERY_TOO_LARGE' },
  );
}
