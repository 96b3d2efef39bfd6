/**
 * `compare({ … })`: how often each value of each field stands on the spans of the selection, and how often on the others.
 * Only the commonest values of each field are told, and which fields had more.
 */
import type { CompareStage } from '@farol/traceql';
import { printAttribute } from '@farol/traceql';
import type { Limits } from '#model';
import { int, type Sql, sql, text } from '#store';
import { type Ask, all } from '../../stored/index.ts';
import type { Condition } from '../comparison.ts';
import { attributeValue, type Value } from '../value.ts';
import { type GroupQuestion, refuseTooMany } from './bysql.ts';
import { type Grid, indexSql, withinGrid } from './grid.ts';
import { type Label, type Series, textLabel } from './series.ts';

interface CompareRow {
  readonly selected: number;
  readonly scope: string;
  readonly key: string;
  /** The commonest, one more than are told. */
  readonly commonest: readonly (readonly [
    value: string,
    count: string | number,
    indexes: readonly (string | number)[],
    counts: readonly (string | number)[],
  ])[];
  readonly indexes: readonly (string | number)[];
  readonly counts: readonly (string | number)[];
}

export interface CompareQuestion extends GroupQuestion {
  readonly stage: CompareStage;
  /** Of the pipeline, and of the selection. */
  readonly condition: Condition;
  readonly selection: Condition;
}

export async function comparison(ask: Ask, question: CompareQuestion, limits: Limits['query']): Promise<Series[]> {
  const { signal, grid, stage } = question;
  const types = await keyTypes(ask, question);
  const rows = await ask<CompareRow>(compareSql(question), { signal });
  refuseTooMany(
    rows.reduce((sum, { commonest }) => sum + commonest.length, 0),
    limits,
  );
  const series: Series[] = [];
  const tooMany = new Set<string>();
  for (const row of rows) {
    const field = fieldName(row);
    const typed = (value: string): Value => typedValue(row, value, types);
    for (const [value, , indexes, counts] of row.commonest.slice(0, stage.top)) {
      series.push(seriesFrom(grid, indexes, counts, [metaLabel(row, ''), { name: field, value: typed(value) }]));
    }
    if (row.commonest.length > stage.top) tooMany.add(field);
    const labels = [metaLabel(row, '_total'), { name: field, value: undefined }];
    series.push(seriesFrom(grid, row.indexes, row.counts, labels));
  }
  for (const field of tooMany) {
    const labels = [textLabel('__meta_error', '__too_many_values__'), { name: field, value: undefined }];
    series.push({ labels, values: new Float64Array(grid.count), exemplars: [] });
  }
  return series;
}

/** Types are told by key: carrying each value's along would take ten times as long. */
async function keyTypes(ask: Ask, question: CompareQuestion): Promise<ReadonlyMap<string, string>> {
  const types = (scope: Sql, list: Sql): Sql =>
    sql`arrayMap((key, type) -> (${scope}, key, type), lists[${list}], lists[${list} + 1])`;
  const rows = await ask<{ scope: string; key: string; type: string }>(
    sql`SELECT DISTINCT told.1 AS scope, told.2 AS key, told.3 AS type
FROM (
  SELECT ${listsOf(sql`shared`)} AS lists,
    arrayConcat(${types(sql`'span'`, ownTypes)}, ${types(sql`'resource'`, resourceTypes)}) AS all_told
  FROM spans WHERE ${rowsOf(question)} GROUP BY shared
)
ARRAY JOIN all_told AS told`,
    { signal: question.signal },
  );
  return new Map(rows.map(({ scope, key, type }) => [`${scope} ${key}`, type]));
}

/** What spans share, as store/schema/009-span-shared.sql lists it: keys stand at these places, their values next to them. */
const listsOf = (shared: Sql): Sql => sql`JSONExtract(toString(${shared}), 'Array(Array(String))')`;
const ownTypes = sql`2`;
const resources = sql`4`;
const resourceTypes = sql`6`;

const metaLabel = ({ selected }: CompareRow, suffix: '' | '_total'): Label =>
  textLabel('__meta_type', `${Number(selected) === 1 ? 'selection' : 'baseline'}${suffix}`);

function fieldName({ scope, key }: CompareRow): string {
  if (scope === 'span' || scope === 'resource') return printAttribute({ scope, parent: false, name: key });
  return key;
}

function typedValue({ scope, key }: CompareRow, value: string, types: ReadonlyMap<string, string>): Value {
  if (scope === '' && (key === 'status' || key === 'kind')) return { type: key, value };
  return attributeValue(value, types.get(`${scope} ${key}`) ?? '');
}

function seriesFrom(
  grid: Grid,
  indexes: readonly (string | number)[],
  counts: readonly (string | number)[],
  labels: readonly Label[],
): Series {
  const values = new Float64Array(grid.count);
  for (const [at, index] of indexes.entries()) values[Number(index)] = Number(counts[at] ?? 0);
  return { labels, values, exemplars: [] };
}

function rowsOf({ tenant, grid, condition }: CompareQuestion): Sql {
  return all([sql`tenant = ${text(tenant)}`, withinGrid(grid), sql`(${condition.sql})`]);
}

function compareSql(question: CompareQuestion): Sql {
  const { stage } = question;
  return sql`SELECT selected, scope, key,
  arraySlice(arraySort(told -> (-told.2, told.1), groupArray((value, total, steps, numbers))), 1, ${int(stage.top + 1)}) AS commonest,
  sumMap(steps, numbers) AS sums, sums.1 AS indexes, sums.2 AS counts
FROM (
  SELECT selected, scope, key, value, toInt64(sum(n)) AS total, groupArray(i) AS steps, groupArray(n) AS numbers
  FROM (
    ${ownCounts(question)}
    UNION ALL
    ${attributeCounts(question)}
    UNION ALL
    ${resourceCounts(question)}
  )
  GROUP BY selected, scope, key, value
)
GROUP BY selected, scope, key
ORDER BY selected, scope, key`;
}

/** `columns` of each span, with its side and its step. Narrow numbers: both fit a grouping key beside a hash. */
function spansWith(columns: Sql, question: CompareQuestion): Sql {
  const { grid, stage, selection } = question;
  const within =
    stage.endNs === 0n
      ? sql`1`
      : sql`time > fromUnixTimestamp64Nano(${int(stage.startNs)}) AND time <= fromUnixTimestamp64Nano(${int(stage.endNs)})`;
  return sql`(SELECT toUInt8((${selection.sql}) AND ${within}) AS selected, toUInt32(${indexSql(grid)}) AS i, ${columns}
      FROM spans WHERE ${rowsOf(question)})`;
}

const ownCounts = (question: CompareQuestion): Sql => sql`SELECT selected, i, '' AS scope, key, value, sum(spans) AS n
    FROM (
      SELECT selected, i, count() AS spans,
        [toString(any(name)), toString(any(kind)), toString(any(status)), any(status_message)] AS own
      FROM ${spansWith(sql`name, kind, status, status_message`, question)}
      GROUP BY selected, i, cityHash64(cityHash64(name), kind, status, status_message)
    )
    ARRAY JOIN ['name', 'kind', 'status', 'statusMessage'] AS key, own AS value
    WHERE (key, value) != ('statusMessage', '')
    GROUP BY selected, i, key, value`;

/** Told apart by hashes: texts as keys take three times as long. */
const attributeCounts = (question: CompareQuestion): Sql =>
  sql`SELECT selected, i, 'span' AS scope, toString(any(k)) AS key, any(v) AS value, count() AS n
    FROM ${spansWith(sql`mapKeys(attributes) AS ks, mapValues(attributes) AS vs`, question)}
    ARRAY JOIN ks AS k, vs AS v
    GROUP BY selected, i, cityHash64(k, v)`;

/** Many spans share few resources: each is counted whole, and taken apart once. */
const resourceCounts = (question: CompareQuestion): Sql =>
  sql`SELECT step.1 AS selected, step.2 AS i, 'resource' AS scope, key, value, sum(step.3) AS n
    FROM (
      SELECT ${listsOf(sql`any(told)`)} AS lists, groupArray((selected, i, spans)) AS steps
      FROM (
        SELECT selected, i, cityHash64(shared) AS hash, any(shared) AS told, count() AS spans
        FROM ${spansWith(sql`shared`, question)}
        GROUP BY selected, i, hash
      )
      GROUP BY hash
    )
    ARRAY JOIN lists[${resources}] AS key, lists[${resources} + 1] AS value
    ARRAY JOIN steps AS step
    GROUP BY selected, i, key, value`;
