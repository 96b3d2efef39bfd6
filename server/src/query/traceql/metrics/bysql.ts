/** Series of one filter, computed by SQL alone. */
import { printField, type SeriesStage } from '@farol/traceql';
import { type Limits, Refusal } from '#model';
import { integers, joinSql, type Sql, sql, text } from '#store';
import { type Ask, all } from '../../stored/index.ts';
import type { Condition } from '../comparison.ts';
import type { Cell } from '../fields.ts';
import { cellValue } from '../fieldvalue.ts';
import { type GroupColumn, groupColumn, type StageColumns, stageColumns } from './columns.ts';
import { type Grid, indexSql, withinGrid } from './grid.ts';
import type { Label } from './series.ts';

/** What a stage counted or computed for one group, before it is a series. */
export interface Group {
  readonly labels: readonly Label[];
  /** The bound of the bucket, where the stage has buckets. */
  readonly bound?: number;
  readonly indexes: readonly number[];
  readonly values: readonly number[];
  /** The newest span's time of each point, in nanoseconds. */
  readonly newestNs: readonly bigint[];
}

export interface SqlPlan {
  readonly stage: SeriesStage;
  readonly condition: Condition;
  readonly columns: StageColumns;
  readonly groups: readonly GroupColumn[];
}

/** Undefined when a span's row alone does not tell it. */
export function sqlPlan(stage: SeriesStage, condition: Condition | undefined): SqlPlan | undefined {
  const columns = stageColumns(stage);
  const groups = stage.by.flatMap((field) => groupColumn(field) ?? []);
  if (!condition?.exact || columns === undefined || groups.length < stage.by.length) return undefined;
  return { stage, condition, columns, groups };
}

export interface GroupQuestion {
  readonly tenant: string;
  readonly grid: Grid;
  readonly signal: AbortSignal;
}

interface GroupRow {
  readonly cells: readonly Cell[];
  readonly bound: number | null;
  readonly indexes: readonly (string | number)[];
  readonly points: readonly (number | null)[];
  readonly newest: readonly string[];
}

export async function groupsBySql(
  ask: Ask,
  plan: SqlPlan,
  question: GroupQuestion,
  limits: Limits['query'],
): Promise<Group[]> {
  const rows = await ask<GroupRow>(groupsSql(plan, question, limits.traceSeriesMax), { signal: question.signal });
  refuseTooMany(rows.length, limits);
  return rows.map(({ cells, bound, indexes, points, newest }) => ({
    labels: plan.stage.by.map((field, i) => ({ name: printField(field), value: cells[i] && cellValue(cells[i]) })),
    ...(bound !== null && plan.columns.bound !== undefined && { bound }),
    indexes: indexes.map(Number),
    values: points.map((point) => point ?? Number.NaN),
    newestNs: newest.map(BigInt),
  }));
}

export function refuseTooMany(count: number, limits: Limits['query']): void {
  if (count <= limits.traceSeriesMax) return;
  throw new Refusal(
    `the query makes more than ${limits.traceSeriesMax} series (limits.query.traceSeriesMax); group by fewer fields, or filter`,
    { code: 'QUERY_TOO_LARGE' },
  );
}

const groupName = (index: number): Sql => sql`g${integers([index])}`;

export function groupsSql(plan: SqlPlan, { tenant, grid }: GroupQuestion, seriesMax: number): Sql {
  const { condition, columns, groups } = plan;
  const names = groups.map((_, i) => groupName(i));
  const inner = groups.map((group, i) => sql`${group.inner} AS ${groupName(i)}, `);
  const bound = columns.bound ?? sql`0`;
  const cells = groups.map((group, i) => group.cell(groupName(i)));
  const having = columns.bound === undefined ? sql`` : sql`\n  HAVING b IS NOT NULL`;
  return sql`SELECT [${joinSql(cells, ', ')}] AS cells, any(b) AS bound,
  groupArray(i) AS indexes, groupArray(v) AS points, groupArray(n) AS newest
FROM (
  SELECT ${joinSql(inner, ' ')}${bound} AS b, ${indexSql(grid)} AS i, ${columns.aggregate} AS v,
    toUnixTimestamp64Nano(max(time)) AS n
  FROM spans
  WHERE ${all([sql`tenant = ${text(tenant)}`, withinGrid(grid), sql`(${condition.sql})`])}
  GROUP BY ${joinSql([...names, sql`b`, sql`i`], ', ')}${having}
)
GROUP BY ${joinSql([...names, sql`b`], ', ')}
LIMIT ${integers([seriesMax + 1])}`;
}
