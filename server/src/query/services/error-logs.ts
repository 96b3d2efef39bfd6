import type { Chart } from '@farol/contract';
import { int, type Sql, sql } from '#store';
import { type Ask, all, nsOfMs, timeWithin } from '../stored/index.ts';
import type { ServiceQuestion, ServicesQuestion } from './deps.ts';
import { spanConditions } from './span-signals.ts';
import { chartOf, type Steps } from './steps.ts';

/** Error and fatal lines per minute of the range, by service. */
export async function errorLogRates(ask: Ask, question: ServicesQuestion): Promise<Map<string, number>> {
  const minutes = (question.endMs - question.startMs) / 60_000;
  const rows = await ask<{ service: string; errors: string }>(
    sql`SELECT service, countIf(level IN ('error', 'fatal')) AS errors
FROM logs
WHERE ${all(spanConditions(question))} AND ${timeWithin(question)}
GROUP BY service
LIMIT 10000`,
    { signal: question.signal },
  );
  return new Map(rows.map((row) => [row.service, Number(row.errors) / minutes]));
}

const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'unknown'];

/** Lines per level and step. */
export async function logChart(ask: Ask, question: ServiceQuestion, steps: Steps): Promise<Chart> {
  const rows = await ask<{ step: string; level: string; lines: string }>(logChartSql(question, steps), {
    signal: question.signal,
  });
  const lines: Record<string, number[]> = {};
  for (const level of levels) {
    const own = rows.filter((row) => row.level === level);
    if (own.length === 0) continue;
    const values = new Array<number>(steps.count).fill(0);
    for (const row of own) values[Number(row.step)] = Number(row.lines);
    lines[level] = values;
  }
  return chartOf(steps, lines);
}

export function logChartSql(question: ServiceQuestion, steps: Steps): Sql {
  const sinceStart = sql`toUnixTimestamp64Nano(time) - ${int(nsOfMs(steps.startMs))}`;
  return sql`SELECT intDiv(${sinceStart}, ${int(nsOfMs(steps.stepMs))}) AS step, level, count() AS lines
FROM logs
WHERE ${all(spanConditions(question))} AND ${timeWithin(steps)}
GROUP BY step, level`;
}
