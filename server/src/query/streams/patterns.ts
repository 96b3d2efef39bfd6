/**
 * The log templates of a selection and how often each occurs, step by step. Few lines are read one by one. Of many, the
 * counts by shape that were kept as they arrived are asked, so that what was said once is found too; where those do not
 * cover the range (lines of before they were kept, or too many shapes) an even sample of the lines, scaled.
 */
import { int, type Sql, type Store, sql } from '#store';
import { all, any, timeWithinNs } from '../stored/index.ts';
import { linesBySlot, slotNs } from './catalogue.ts';
import { type Selection, selectorConditions } from './matchers.ts';
import { type Templates, templatesOf, templatesOfShapes } from './patterns/templates.ts';

export interface PatternsDeps {
  readonly ask: Store['ask'];
  readonly scan: Store['scan'];
}

export interface PatternsQuestion extends Selection {
  readonly stepNs: bigint;
  readonly signal: AbortSignal;
}

export interface Pattern {
  readonly pattern: string;
  /** Ascending; steps without a line are left out. */
  readonly samples: readonly { readonly timeNs: bigint; readonly count: number }[];
}

const sampleLines = 20_000;
const patternsMax = 300;
const lineCharsMax = 4096;
const shapesMax = 20_000;
/** The latest lines are not written by their shapes yet. */
const coveredMin = 0.9;

export async function patternsOf(deps: PatternsDeps, question: PatternsQuestion): Promise<Pattern[]> {
  const slots = await linesBySlot(deps, { ...question, matcherSets: [question.matchers] });
  const total = slots.reduce((sum, { lines }) => sum + lines, 0);
  if (total > sampleLines && (await shapedLines(deps, question)) >= coveredMin * total) return ofShapes(deps, question);
  return ofLines(deps, question, Math.max(1, Math.ceil(total / sampleLines)));
}

/** Of the same whole slots as `linesBySlot`. */
async function shapedLines({ ask }: PatternsDeps, question: PatternsQuestion): Promise<number> {
  const startNs = (question.startNs / slotNs) * slotNs;
  const endNs = ((question.endNs - 1n) / slotNs + 1n) * slotNs;
  const query = sql`SELECT sum(lines) AS shaped FROM log_shapes WHERE ${slotsWithin({ ...question, startNs, endNs })}`;
  const [row] = await ask<{ shaped: string }>(query, question);
  return Number(row?.shaped ?? 0);
}

interface ShapeRow {
  readonly shape: string;
  readonly total: string;
  readonly steps: readonly string[];
  readonly counts: readonly string[];
}

async function ofShapes({ ask }: PatternsDeps, question: PatternsQuestion): Promise<Pattern[]> {
  const { startNs, stepNs, signal } = question;
  const since = sql`toInt64(toUnixTimestamp(slot)) * 1000000000 - ${int(startNs)}`;
  const query = sql`SELECT shape, sum(step_lines) AS total, groupArray(step) AS steps, groupArray(step_lines) AS counts
FROM (
  SELECT shape, intDiv(greatest(0, ${since}), ${int(stepNs)}) AS step, sum(lines) AS step_lines
  FROM log_shapes WHERE ${slotsWithin(question)} GROUP BY shape, step ORDER BY step)
GROUP BY shape ORDER BY total DESC, shape LIMIT ${int(shapesMax)}`;
  const rows = await ask<ShapeRow>(query, { signal });
  const templates = templatesOfShapes(rows.map(({ shape, total }) => ({ shape, lines: Number(total) })));
  const counts = new StepCounts(templates, question);
  for (const [i, { steps, counts: lines }] of rows.entries()) {
    for (const [j, step] of steps.entries()) counts.add(i, BigInt(step), Number(lines[j]));
  }
  return counts.patterns();
}

/** Minutes count for the step that they begin in; the first may have begun before the range. */
function slotsWithin({ startNs, endNs, ...selection }: PatternsQuestion): Sql {
  const second = (ns: bigint): Sql => sql`fromUnixTimestamp(${int(ns / 1_000_000_000n)})`;
  const from = sql`slot >= toStartOfMinute(${second(startNs)})`;
  return all([...selectorConditions(selection), from, sql`slot <= ${second(endNs - 1n)}`]);
}

async function ofLines(deps: PatternsDeps, question: PatternsQuestion, oneOf: number): Promise<Pattern[]> {
  const query = sql`SELECT toUnixTimestamp64Nano(time), substring(body, 1, ${int(lineCharsMax)})
FROM logs
WHERE ${all([...selectorConditions(question), sampledTimes(question, oneOf)])}
ORDER BY time
LIMIT ${int(sampleLines * 2)}`;
  const timesNs: bigint[] = [];
  const lines: string[] = [];
  const read = deps.scan(query, (reader) => ({ timeNs: reader.bigint64(), line: reader.text() }), question);
  for await (const rows of read) {
    for (const { timeNs, line } of rows) {
      timesNs.push(timeNs);
      lines.push(line);
    }
  }
  const counts = new StepCounts(templatesOf(lines), question);
  for (const [i, timeNs] of timesNs.entries()) counts.add(i, (timeNs - question.startNs) / question.stepNs, oneOf);
  return counts.patterns();
}

const slicesMax = 60;

/**
 * Slices of time, evenly apart, that together are one of so many: lines that stand together are read together, and the
 * same ones each time, so that a chart that is loaded again does not flicker.
 */
function sampledTimes({ startNs, endNs }: Selection, oneOf: number): Sql {
  if (oneOf === 1) return timeWithinNs(startNs, endNs - 1n);
  const everyNs = (endNs - startNs) / BigInt(slicesMax) + 1n;
  const slices: Sql[] = [];
  for (let fromNs = startNs; fromNs < endNs; fromNs += everyNs) {
    slices.push(timeWithinNs(fromNs, fromNs + everyNs / BigInt(oneOf)));
  }
  return any(slices);
}

class StepCounts {
  private readonly templates: Templates;
  private readonly question: PatternsQuestion;
  private readonly counts: Map<bigint, number>[];

  constructor(templates: Templates, question: PatternsQuestion) {
    this.templates = templates;
    this.question = question;
    this.counts = templates.patterns.slice(0, patternsMax).map(() => new Map());
  }

  /** `item`: the line or shape that the templates were made of. */
  add(item: number, step: bigint, lines: number): void {
    const counts = this.counts[this.templates.templateOf[item] ?? 0];
    counts?.set(step, (counts.get(step) ?? 0) + lines);
  }

  patterns(): Pattern[] {
    const { startNs, stepNs } = this.question;
    return this.counts.map((counts, i) => {
      const steps = [...counts].sort(([a], [b]) => Number(a - b));
      const samples = steps.map(([step, count]) => ({ timeNs: startNs + step * stepNs, count }));
      return { pattern: this.templates.patterns[i] ?? '', samples };
    });
  }
}
