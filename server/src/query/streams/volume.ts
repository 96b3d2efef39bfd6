/** How many bytes of lines stand in which streams, over a range or step by step. The long view is by whole slots. */
import { type Labels, labelPairs, labelsFrom, labelsKey, labelValue } from '#model';
import {
  type CatalogueDeps,
  exactSlotsOf,
  type StreamSlot,
  type StreamsQuestion,
  slotNs,
  streamSlotsOf,
  streamsOf,
} from './catalogue.ts';

export interface VolumeQuestion extends StreamsQuestion {
  /** Labels to sum by; none: whole streams, or every label there is. */
  readonly by: readonly string[];
  /** `labels`: a label's name alone is summed by, with '' for its value. */
  readonly aggregateBy: 'series' | 'labels';
  /** Absent: the whole range is one step. */
  readonly stepNs?: bigint;
}

export interface Volume {
  readonly labels: Labels;
  /** When each step begins, ascending; steps without lines are left out. */
  readonly steps: readonly { readonly startNs: bigint; readonly bytes: number }[];
  readonly bytes: number;
}

/** The largest first. */
export async function volumesOf(deps: CatalogueDeps, question: VolumeQuestion): Promise<Volume[]> {
  const byLabels = new Map<string, { labels: Labels; steps: Map<bigint, number>; bytes: number }>();
  for (const { labels: stream, startNs, bytes } of await slotsOf(deps, question)) {
    for (const labels of groupsOf(stream, question)) {
      const key = labelsKey(labels);
      const volume = byLabels.get(key) ?? { labels, steps: new Map(), bytes: 0 };
      byLabels.set(key, volume);
      const step = stepOf(startNs, question);
      volume.steps.set(step, (volume.steps.get(step) ?? 0) + bytes);
      volume.bytes += bytes;
    }
  }
  return [...byLabels.values()].map(sorted).sort((a, b) => b.bytes - a.bytes);
}

/** Short ranges and fine steps are counted exactly. */
const exactNsMax = 2n * 3_600_000_000_000n;

function slotsOf(deps: CatalogueDeps, question: VolumeQuestion): Promise<StreamSlot[]> {
  const { startNs, endNs, stepNs } = question;
  const rangeNs = endNs - startNs;
  if (rangeNs <= exactNsMax || (stepNs !== undefined && stepNs < slotNs)) {
    return exactSlotsOf(deps, { ...question, stepNs: stepNs ?? rangeNs + 1n });
  }
  return stepNs === undefined ? streamsOf(deps, question) : streamSlotsOf(deps, question);
}

/** A slot that begins before the range counts into its first step. */
function stepOf(timeNs: bigint, { startNs, stepNs }: VolumeQuestion): bigint {
  if (stepNs === undefined || timeNs <= startNs) return startNs;
  return startNs + ((timeNs - startNs) / stepNs) * stepNs;
}

function groupsOf(stream: Labels, { by, aggregateBy }: VolumeQuestion): Labels[] {
  if (aggregateBy === 'series') {
    const labels = by.length === 0 ? stream : labelsFrom(by.map((name) => [name, labelValue(stream, name)] as const));
    return labels.length === 0 ? [] : [labels];
  }
  const names = Array.from(labelPairs(stream), ([name]) => name);
  return names.filter((name) => by.length === 0 || by.includes(name)).map((name) => [name, '']);
}

function sorted({ labels, steps, bytes }: { labels: Labels; steps: Map<bigint, number>; bytes: number }): Volume {
  const ascending = [...steps].sort(([a], [b]) => (a < b ? -1 : 1));
  return { labels, steps: ascending.map(([startNs, sum]) => ({ startNs, bytes: sum })), bytes };
}
