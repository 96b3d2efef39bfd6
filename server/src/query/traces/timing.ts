/** Where the time of a trace went. Pure arithmetic over the tree. */
import type { Tree, TreeSpan } from './tree.ts';

/** Per span: its duration less what its children cover, in nanoseconds. Parallel children count once. */
export function selfTimes(tree: Tree): Float64Array {
  const self = new Float64Array(tree.spans.length);
  for (const [index, span] of tree.spans.entries()) self[index] = span.durationNs - coveredNs(tree, span);
  return self;
}

/** Children stand in start order, so one pass merges their intervals. */
function coveredNs(tree: Tree, span: TreeSpan): number {
  let covered = 0;
  let until = 0;
  for (const place of span.children) {
    const child = tree.spans[place];
    if (!child) continue;
    const from = Math.max(until, Number(child.startNs - span.startNs));
    const to = Math.min(span.durationNs, Number(child.startNs - span.startNs) + child.durationNs);
    if (to > from) covered += to - from;
    until = Math.max(until, to);
  }
  return covered;
}

export interface Shares {
  /** Per span, nanoseconds of the trace that belong to it. */
  readonly ofSpans: Float64Array;
  /** Nanoseconds in which no span was running. */
  readonly waitingNs: number;
}

/**
 * Gives every nanosecond of the trace away exactly once: to the running spans that have no running child, in equal
 * parts when there are several. The sum is the trace's duration, however much ran in parallel.
 *
 * One sweep over the starts and ends: `due` grows by dt ÷ (spans sharing), and a span's part is what `due` grew by
 * while the span was among those sharing. So a thousand parallel spans cost no more than a thousand in a row.
 */
export function sharesOf(tree: Tree): Shares {
  const count = tree.spans.length;
  const ofSpans = new Float64Array(count);
  const since = new Float64Array(count);
  const running = new Uint8Array(count);
  const runningChildren = new Int32Array(count);
  let sharing = 0;
  let due = 0;
  let waitingNs = 0;
  let lastNs = 0;

  const enter = (i: number) => {
    sharing++;
    since[i] = due;
  };
  const leave = (i: number) => {
    sharing--;
    ofSpans[i] = (ofSpans[i] ?? 0) + due - (since[i] ?? 0);
  };

  for (const { atNs, place, starts } of edgesOf(tree)) {
    const dt = atNs - lastNs;
    lastNs = atNs;
    if (sharing > 0) due += dt / sharing;
    else waitingNs += dt;
    const parent = tree.spans[place]?.parent ?? -1;
    if (starts) {
      running[place] = 1;
      if (runningChildren[place] === 0) enter(place);
      if (parent >= 0) {
        if (running[parent] === 1 && runningChildren[parent] === 0) leave(parent);
        runningChildren[parent] = (runningChildren[parent] ?? 0) + 1;
      }
    } else {
      running[place] = 0;
      if (runningChildren[place] === 0) leave(place);
      if (parent >= 0) {
        runningChildren[parent] = (runningChildren[parent] ?? 0) - 1;
        if (running[parent] === 1 && runningChildren[parent] === 0) enter(parent);
      }
    }
  }
  return { ofSpans, waitingNs };
}

interface Edge {
  readonly atNs: number;
  readonly place: number;
  readonly starts: boolean;
}

/** Ends before starts at the same moment, but a span's own start before its end. */
function edgesOf(tree: Tree): Edge[] {
  const edges: Edge[] = [];
  for (const [place, span] of tree.spans.entries()) {
    if (span.durationNs === 0) continue;
    const atNs = Number(span.startNs - tree.startNs);
    edges.push({ atNs, place, starts: true }, { atNs: atNs + span.durationNs, place, starts: false });
  }
  return edges.sort((a, b) => a.atNs - b.atNs || Number(a.starts) - Number(b.starts) || a.place - b.place);
}
