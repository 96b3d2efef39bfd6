import {
  type Labels,
  labelsFrom,
  labelsKey,
  labelValue,
  type Matcher,
  noLabels,
} from '../../server/src/model/index.ts';
import type {
  CountEntries,
  EntryBatch,
  EntryQuestion,
  LineFilter,
  ReadEntries,
} from '../../server/src/query/logql/index.ts';
import { compilePattern } from '../../server/src/query/promql/index.ts';
import type { LoadedLine } from './logqltest-script.ts';

interface Entry {
  readonly timeNs: bigint;
  readonly line: string;
  readonly stream: Labels;
  readonly metadata: Labels;
}

/** Small, so that the answers cross batches. */
const batchLines = 5;

/** A keeper of log lines that holds them in an array and does nothing clever. */
export class EntriesInMemory {
  private readonly entries: Entry[] = [];
  private readonly streams = new Map<string, Labels>();

  clear(): void {
    this.entries.length = 0;
    this.streams.clear();
  }

  load(lines: readonly LoadedLine[], epochNs: bigint): void {
    for (const { labels, line, timeNs, metadata } of lines) {
      const stream = labelsFrom(labels);
      const key = labelsKey(stream);
      this.streams.set(key, this.streams.get(key) ?? stream);
      const known = this.streams.get(key) ?? stream;
      this.entries.push({ timeNs: epochNs + timeNs, line, stream: known, metadata: [...metadata].sort().flat() });
    }
    this.entries.sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0));
  }

  readonly read: ReadEntries = async function* (this: EntriesInMemory, question: EntryQuestion) {
    const wanted = this.matching(question);
    if (question.direction === 'backward') wanted.reverse();
    const streams: Labels[] = [];
    for (let i = 0; i < wanted.length; i += batchLines) yield batchOf(wanted.slice(i, i + batchLines), streams);
  }.bind(this);

  readonly count: CountEntries = async (question) => {
    const tests = question.lineFilters.map(testOf);
    const groups = new Map<string, { labels: Labels; values: Float64Array }>();
    for (const entry of this.matching(question)) {
      if (tests.some((test) => test === undefined)) return undefined;
      if (!tests.every((test) => test?.(entry.line) ?? true)) continue;
      if (!question.labelFilters.every(({ matcher }) => passes(matcher, labelIn(entry, matcher.name)))) continue;
      const labels = labelsFrom(question.by.map((name) => [name, labelIn(entry, name)] as const));
      const key = labelsKey(labels);
      const group = groups.get(key) ?? { labels, values: new Float64Array(question.steps).fill(Number.NaN) };
      groups.set(key, group);
      for (let step = 0; step < question.steps; step++) {
        const endNs = question.firstEndNs + BigInt(step) * question.stepNs;
        if (entry.timeNs > endNs || entry.timeNs <= endNs - question.rangeNs) continue;
        const amount = question.measure === 'lines' ? 1 : Buffer.byteLength(entry.line);
        const before = group.values[step] ?? Number.NaN;
        group.values[step] = (Number.isNaN(before) ? 0 : before) + amount;
      }
    }
    return [...groups.values()];
  };

  private matching({ matchers, startNs, endNs }: { matchers: readonly Matcher[]; startNs: bigint; endNs: bigint }) {
    return this.entries.filter(
      ({ timeNs, stream }) =>
        timeNs >= startNs && timeNs < endNs && matchers.every((matcher) => matches(matcher, stream)),
    );
  }
}

function batchOf(entries: readonly Entry[], streams: Labels[]): EntryBatch {
  const streamOf = entries.map(({ stream }) => {
    if (!streams.includes(stream)) streams.push(stream);
    return streams.indexOf(stream);
  });
  return {
    count: entries.length,
    timesNs: BigInt64Array.from(entries, ({ timeNs }) => timeNs),
    lines: entries.map(({ line }) => line),
    streamOf: Uint32Array.from(streamOf),
    streams,
    metadata: entries.map(({ metadata }) => (metadata.length === 0 ? noLabels : metadata)),
  };
}

function matches(matcher: Matcher, stream: Labels): boolean {
  return passes(matcher, labelValue(stream, matcher.name));
}

function passes({ kind, value }: Matcher, actual: string): boolean {
  if (kind === '=' || kind === '!=') return (actual === value) === (kind === '=');
  return compilePattern(value).test(actual) === (kind === '=~');
}

function labelIn({ stream, metadata }: Entry, name: string): string {
  return labelValue(stream, name) || labelValue(metadata, name);
}

/** Undefined for what this keeper does not know how to test. */
function testOf({ kind, values }: LineFilter): ((line: string) => boolean) | undefined {
  if (kind === '|>' || kind === '!>') return undefined;
  const tests = values.map((value) => {
    if (kind === '|=' || kind === '!=') return (line: string) => line.includes(value);
    const regex = compilePattern(`.*(?:${value}).*`);
    return (line: string) => regex.test(line);
  });
  return (line) => tests.some((test) => test(line)) === kind.startsWith('|');
}
