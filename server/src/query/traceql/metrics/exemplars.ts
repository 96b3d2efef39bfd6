/** Real spans behind points: for some points of each series, the newest span that was counted there. */
import type { SeriesStage } from '@farol/traceql';
import { joinSql, type Sql, sql, text } from '#store';
import { type Ask, all, momentNs } from '../../stored/index.ts';
import { numberColumn } from '../fields.ts';
import type { RawSeries } from './firststage.ts';
import { type Grid, indexOf, withinGrid } from './grid.ts';
import type { Exemplar, Series } from './series.ts';

export interface ExemplarQuestion {
  readonly tenant: string;
  readonly grid: Grid;
  /** Of all series together. */
  readonly limit: number;
  /** True of every span that was counted; it may be true of more. */
  readonly condition: Sql;
  readonly signal: AbortSignal;
}

interface SpanRow {
  readonly trace_id: string;
  readonly span_id: string;
  readonly ns: string;
  readonly number: number | null;
}

/** A span is known by the nanosecond it began at: the points remember that, and nothing else was read for them. */
export async function withExemplars(
  ask: Ask,
  stage: SeriesStage,
  series: readonly RawSeries[],
  question: ExemplarQuestion,
): Promise<Series[]> {
  const times = question.limit > 0 ? pickedTimes(series, question.limit) : [];
  const spans =
    times.length === 0 ? [] : await ask<SpanRow>(spansSql(stage, times, question), { signal: question.signal });
  const byTime = new Map(spans.map((span) => [BigInt(span.ns), span]));
  const picked = new Set(times);
  return series.map(({ labels, values, newestNs }) => {
    const exemplars: Exemplar[] = [];
    for (const [index, ns] of newestNs) {
      const span = picked.has(ns) ? byTime.get(ns) : undefined;
      if (span === undefined || indexOf(question.grid, ns) !== index) continue;
      exemplars.push({
        traceId: span.trace_id,
        spanId: span.span_id,
        timeMs: Number(ns / 1_000_000n),
        value: span.number ?? values[index] ?? Number.NaN,
      });
    }
    return { labels, values, exemplars: exemplars.sort((a, b) => a.timeMs - b.timeMs) };
  });
}

/** Round by round, one of each series, evenly over its points. */
function pickedTimes(series: readonly RawSeries[], limit: number): bigint[] {
  const each = Math.max(1, Math.floor(limit / Math.max(1, series.length)));
  const times = new Set<bigint>();
  for (const { newestNs } of series) {
    const all = [...newestNs.values()];
    const stride = Math.max(1, Math.ceil(all.length / each));
    for (let at = 0; at < all.length && times.size < limit; at += stride) times.add(all[at] as bigint);
  }
  return [...times];
}

function spansSql(stage: SeriesStage, times: readonly bigint[], { tenant, grid, condition }: ExemplarQuestion): Sql {
  const number = (stage.field && numberColumn(stage.field)) ?? sql`NULL`;
  const moments = times.map((ns) => sql`${momentNs(ns)}`);
  return sql`SELECT trace_id, span_id, toUnixTimestamp64Nano(time) AS ns, ${number} AS number
FROM spans
WHERE ${all([
    sql`tenant = ${text(tenant)}`,
    withinGrid(grid),
    sql`time IN (${joinSql(moments, ', ')})`,
    sql`(${condition})`,
  ])}
LIMIT 1 BY ns`;
}
