/** What streams there are: their labels' names and values, and how much stands in them. */
import { compareText, type Labels, labelPairs, labelValue } from '#model';
import {
  type CatalogueDeps,
  exactSlotsOf,
  type StreamSlot,
  type StreamsQuestion,
  slotNs,
  streamsOf,
} from './catalogue.ts';

export interface StreamLabelReader {
  /** Sorted. */
  names(question: StreamsQuestion): Promise<string[]>;
  /** Sorted. */
  values(name: string, question: StreamsQuestion): Promise<string[]>;
  streams(question: StreamsQuestion): Promise<Labels[]>;
  stats(question: StreamsQuestion): Promise<StreamStats>;
}

interface StreamStats {
  readonly streams: number;
  /** Loki's files of one stream and time; here the slots of streams that are kept apart. */
  readonly chunks: number;
  readonly entries: number;
  readonly bytes: number;
}

export function createStreamLabels(deps: CatalogueDeps): StreamLabelReader {
  const streams = async (question: StreamsQuestion): Promise<Labels[]> =>
    (await streamsOf(deps, question)).map(({ labels }) => labels);
  return {
    streams,
    async names(question) {
      const names = new Set<string>();
      for (const labels of await streams(question)) for (const [name] of labelPairs(labels)) names.add(name);
      return [...names].sort(compareText);
    },
    async values(name, question) {
      const values = new Set((await streams(question)).map((labels) => labelValue(labels, name)));
      values.delete('');
      return [...values].sort(compareText);
    },
    async stats(question) {
      const found = await slotsOf(deps, question);
      const streamCount = new Set(found.map(({ labels }) => labels.join('\0'))).size;
      return {
        streams: streamCount,
        chunks: found.length,
        entries: found.reduce((sum, { lines }) => sum + lines, 0),
        bytes: found.reduce((sum, { bytes }) => sum + bytes, 0),
      };
    },
  };
}

/** A short range is counted exactly: whole slots would be much more than it. */
const exactMsMax = 2n * 3_600_000_000_000n;

async function slotsOf(deps: CatalogueDeps, question: StreamsQuestion): Promise<StreamSlot[]> {
  const isShort = question.endNs - question.startNs <= exactMsMax;
  return isShort ? exactSlotsOf(deps, { ...question, stepNs: slotNs }) : streamsOf(deps, question);
}
