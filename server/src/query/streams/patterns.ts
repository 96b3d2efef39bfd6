/**
 * The log templates of a selection and how often each occurs, step by step. Mined when asked, over an even sample of the
 * range; counts are scaled by how much was left out.
 */
import { int, type Sql, type Store, sql } from '#store';
import { all, any, timeWithinNs } from '../stored/index.ts';
import { linesBySlot } from './catalogue.ts';
import { type Selection, selectorConditions } from './matchers.ts';
import { templatesOf } from './patterns/templates.ts';

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

export async function patternsOf(deps: PatternsDeps, question: PatternsQuestion): Promise<Pattern[]> {
  const slots = await linesBySlot(deps, { ...question, matcherSets: [question.matchers] });
  const oneOf = Math.max(1, Math.ceil(slots.reduce((sum, { lines }) => sum + lines, 0) / sampleLines));
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
  return counted({ timesNs, lines, oneOf }, question);
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

interface Sample {
  readonly timesNs: readonly bigint[];
  readonly lines: readonly string[];
  readonly oneOf: number;
}

function counted({ timesNs, lines, oneOf }: Sample, { startNs, stepNs }: PatternsQuestion): Pattern[] {
  const { patterns, templateOf } = templatesOf(lines);
  const counts = patterns.slice(0, patternsMax).map(() => new Map<bigint, number>());
  for (const [i, timeNs] of timesNs.entries()) {
    const ofTemplate = counts[templateOf[i] ?? 0];
    const step = startNs + ((timeNs - startNs) / stepNs) * stepNs;
    ofTemplate?.set(step, (ofTemplate.get(step) ?? 0) + oneOf);
  }
  return counts.map((ofTemplate, i) => ({
    pattern: patterns[i] ?? '',
    samples: Array.from(ofTemplate, ([timeNs, count]) => ({ timeNs, count })),
  }));
}
