import type { LogHistogramAnswer } from '@farol/contract';
import { Refusal } from '#model';
import { int, type Sql, sql } from '#store';
import { type Ask, all, nsOfMs, timeWithin } from '../stored/index.ts';
import { conditionsOf, type LogQuestion } from './question.ts';

export interface LogHistogramQuestion extends LogQuestion {
  readonly buckets: number;
  readonly signal: AbortSignal;
}

const bucketsMax = 1000;
/** The order of the lines on the chart, so that colours and stacking stay put. */
const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'unknown'];

/** Lines per level and step; a level without lines has no line on the chart, a step without lines is 0. */
export async function countLogs(ask: Ask, question: LogHistogramQuestion): Promise<LogHistogramAnswer> {
  if (question.buckets < 1 || question.buckets > bucketsMax) {
    throw new Refusal(`buckets is ${question.buckets}, it must be 1 to ${bucketsMax}`, { code: 'BAD_REQUEST' });
  }
  const stepMs = Math.max(1, Math.ceil((question.endMs - question.startMs) / question.buckets));
  const rows = await ask<CountRow>(histogramSql(question, stepMs), { signal: question.signal });
  return histogramFrom(rows, question, stepMs);
}

interface CountRow {
  readonly bucket: string;
  readonly level: string;
  readonly lines: string;
}

export function histogramSql(question: LogQuestion, stepMs: number): Sql {
  const sinceStart = sql`toUnixTimestamp64Nano(time) - ${int(nsOfMs(question.startMs))}`;
  return sql`SELECT intDiv(${sinceStart}, ${int(nsOfMs(stepMs))}) AS bucket, level, count() AS lines
FROM logs
WHERE ${all([...conditionsOf(question), timeWithin(question)])}
GROUP BY bucket, level`;
}

function histogramFrom(
  rows: readonly CountRow[],
  range: { startMs: number; endMs: number },
  stepMs: number,
): LogHistogramAnswer {
  const count = Math.max(1, Math.ceil((range.endMs - range.startMs) / stepMs));
  const timesMs = Array.from({ length: count }, (_, i) => range.startMs + i * stepMs);
  const byLevel = new Map<string, number[]>();
  let total = 0;
  for (const row of rows) {
    const values = byLevel.get(row.level) ?? new Array<number>(count).fill(0);
    byLevel.set(row.level, values);
    const bucket = Number(row.bucket);
    if (bucket >= 0 && bucket < count) values[bucket] = Number(row.lines);
    total += Number(row.lines);
  }
  const known = levels.filter((level) => byLevel.has(level));
  const other = [...byLevel.keys()].filter((level) => !levels.includes(level));
  const lines = [...known, ...other].map((name) => ({ name, values: byLevel.get(name) ?? [] }));
  return { chart: { timesMs, lines }, total };
}
