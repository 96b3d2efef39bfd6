/**
 * Counters as requests per step, without bringing a sample out of the store. Each series is reduced to its last sample
 * of each step; the rise from one to the next over the time between them is the rate of the steps it spans. A fall is a
 * restart: what the counter has reached since is the rise. A step's requests are its rate times its length, so that
 * exports rarer than steps, or not in tune with them, make no zigzag.
 */
import { int, type Sql, sql, text } from '#store';
import { all } from '../stored/index.ts';
import type { CellQuestion } from './cells.ts';
import type { Steps } from './steps.ts';

/** A counter that was silent for longer has a gap; one that is heard again is not spread over it. */
const silenceMsMax = 300_000;

/** Steps that one rise may be spread over; also how many steps before the range before are looked at, to rise from. */
export const spreadMaxOf = ({ stepMs }: Steps): number => Math.max(1, Math.ceil(silenceMsMax / stepMs));

/** Answers `per_place`: places, their requests per second, and how many series were heard (`sumMap` drops what is 0). Place `spreadMaxOf(steps)` is the first step. */
export function cellsSql(question: CellQuestion, metric: string): Sql {
  const { dialect, steps, byEndpoint } = question;
  const spreadMax = spreadMaxOf(steps);
  const endpoint = (labels: readonly string[]) => (byEndpoint ? firstLabel(labels) : sql`''`);
  return sql`SELECT service, method, route, status, le, sumMap(places, rates, heard) AS per_place
FROM (${ratesSql(question, metric, spreadMax)}) AS rates
GLOBAL INNER JOIN (
  SELECT id, ${firstLabel(['service_name', 'job'])} AS service, ${endpoint(dialect.methods)} AS method,
    ${endpoint(dialect.routes)} AS route, ${firstLabel(dialect.statuses)} AS status, labels['le'] AS le
  FROM series
  WHERE ${all(seriesConditions(question, metric))}
  LIMIT 1 BY id
) AS names ON names.id = rates.id
GROUP BY service, method, route, status, le`;
}

/** Per series the places (steps, counted from a little before the range before) and their rates per second. */
function ratesSql(question: CellQuestion, metric: string, spreadMax: number): Sql {
  const { steps } = question;
  const fromMs = steps.startMs - (steps.count + spreadMax) * steps.stepMs;
  const endMs = steps.startMs + steps.count * steps.stepMs;
  // A point is (place, value, time): the last sample of a step.
  const spanned = sql`range(toUInt32(greatest(before.1 + 1, now.1 - ${int(spreadMax - 1)})), toUInt32(now.1 + 1))`;
  const rate = sql`if(now.2 >= before.2, now.2 - before.2, now.2) * 1000 / (now.3 - before.3)`;
  const overPairs = (value: Sql): Sql =>
    sql`arrayFlatten(arrayMap((now, before) -> ${value}, arrayPopFront(points), arrayPopBack(points)))`;
  return sql`
  SELECT id, arraySort(groupArray((place, last, at))) AS points,
    ${overPairs(spanned)} AS places, ${overPairs(sql`arrayMap(place -> ${rate}, ${spanned})`)} AS rates,
    arrayMap(rate -> 1, rates) AS heard
  FROM (
    SELECT id, intDiv(toUnixTimestamp64Milli(time) - ${int(fromMs)}, ${int(steps.stepMs)}) AS place,
      argMax(value, time) AS last, max(toUnixTimestamp64Milli(time)) AS at
    FROM samples
    PREWHERE tenant = ${text(question.tenant)} AND metric = ${text(metric)}
      AND time >= fromUnixTimestamp64Milli(${int(fromMs)}) AND time < fromUnixTimestamp64Milli(${int(endMs)})
    WHERE NOT isNaN(value) AND id GLOBAL IN (SELECT id FROM series WHERE ${all(seriesConditions(question, metric))})
    GROUP BY id, place
  )
  GROUP BY id`;
}

/** A service is named by `service_name`; a series without it, by its `job`. */
function seriesConditions({ tenant, service, environment }: CellQuestion, metric: string): Sql[] {
  const named = service === undefined ? [] : [sql`${firstLabel(['service_name', 'job'])} = ${text(service)}`];
  const placed =
    environment === undefined
      ? []
      : [sql`${firstLabel(['deployment_environment_name', 'deployment_environment'])} = ${text(environment)}`];
  return [sql`tenant = ${text(tenant)}`, sql`metric = ${text(metric)}`, ...named, ...placed];
}

/** The first of these labels that the series has. */
function firstLabel(names: readonly string[]): Sql {
  return names.reduceRight<Sql>((otherwise, name, index) => {
    const value = sql`labels[${text(name)}]`;
    return index === names.length - 1 ? value : sql`if(${value} != '', ${value}, ${otherwise})`;
  }, sql`''`);
}
