/** What the rules of a group make, gathered into few writes: a write waits for its group commit, and rules are many. */
import { counter, log } from '#kit';
import { type HistogramRow, Refusal, type SampleColumns, type SeriesRef, setStaleAt } from '#model';
import type { EvaluateDeps } from './deps.ts';
import { metricsMade } from './reads.ts';
import type { Rule, RuleSample } from './rule.ts';

interface Pending {
  readonly rule: Rule;
  readonly samples: readonly RuleSample[];
  readonly refs: readonly SeriesRef[];
  readonly timeMs: number;
}

export type RecorderDeps = Pick<EvaluateDeps, 'write' | 'intern' | 'tenant'> & {
  /** A rule whose samples could not be recorded. */
  readonly onLost: (rule: Rule, samples: number, reason: string) => void;
};

/** Of one evaluation of one group. */
export class Recorder {
  samplesCount = 0;
  readonly #deps: RecorderDeps;
  #pending: Pending[] = [];
  #made = new Set<string>();
  readonly #written = new Set<SeriesRef>();

  constructor(deps: RecorderDeps) {
    this.#deps = deps;
  }

  /** Whether something waits here that a rule which reads these metrics has to see; undefined: any metric. */
  isAwaited(metrics: ReadonlySet<string> | undefined): boolean {
    if (metrics === undefined) return this.#made.size > 0;
    for (const metric of this.#made) if (metrics.has(metric)) return true;
    return false;
  }

  /** Takes what a rule has made. Refuses with SERIES_LIMIT; then nothing of it is taken. */
  add(rule: Rule, samples: readonly RuleSample[], timeMs: number): void {
    this.samplesCount += samples.length;
    if (samples.length === 0 && rule.series.size === 0) return;
    const refs = samples.map(({ labels }) => this.#deps.intern(this.#deps.tenant, labels));
    this.#pending.push({ rule, samples, refs, timeMs });
    for (const metric of metricsMade(rule.spec)) this.#made.add(metric);
  }

  /** Resolves when all that was added is durable; what could not be written is the fault of its rules. */
  async flush(): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    this.#made = new Set();
    if (pending.length === 0) return;
    for (const { refs } of pending) for (const ref of refs) this.#written.add(ref);
    try {
      await this.#deps.write({ tenant: this.#deps.tenant, ...rowsOf(pending, this.#written) });
      for (const { rule, refs } of pending) rule.series = new Set(refs);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      for (const { rule, samples } of pending) this.#deps.onLost(rule, samples.length, error.message);
    }
  }

  /** Ends series that no rule makes any more. */
  async markStale(refs: Iterable<SeriesRef>, timeMs: number): Promise<boolean> {
    const gone = [...refs].filter((ref) => !this.#written.has(ref));
    return writeStale(gone, timeMs, this.#deps);
  }
}

const staleLostTotal = counter(
  'farol_rule_stale_markers_lost_total',
  'Ends of series of removed rules that could not be stored.',
);

/** Returns whether they are durable. */
export async function writeStale(
  gone: readonly SeriesRef[],
  timeMs: number,
  { write, tenant }: Pick<EvaluateDeps, 'write' | 'tenant'>,
): Promise<boolean> {
  if (gone.length === 0) return true;
  const columns = newColumns(gone.length);
  const bits = new Uint32Array(columns.values.buffer);
  for (const [i, ref] of gone.entries()) {
    columns.refs[i] = ref;
    columns.timesMs[i] = timeMs;
    setStaleAt(bits, i);
  }
  try {
    await write({ tenant, samples: columns });
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    staleLostTotal.inc(gone.length);
    log.warn({ series: gone.length, reason: error.message }, 'the ends of series of removed rules could not be stored');
    return false;
  }
}

function rowsOf(pending: readonly Pending[], written: ReadonlySet<SeriesRef>) {
  const gone = pending.map(({ rule }) => [...rule.series].filter((ref) => !written.has(ref)));
  const count = pending.reduce((sum, { samples }, i) => sum + samples.length + (gone[i]?.length ?? 0), 0);
  const columns = newColumns(count);
  const bits = new Uint32Array(columns.values.buffer);
  const histograms: HistogramRow[] = [];
  let at = 0;
  for (const [p, { samples, refs, timeMs }] of pending.entries()) {
    for (const [i, { value, histogram }] of samples.entries()) {
      const ref = refs[i] as SeriesRef;
      if (histogram) histograms.push({ ref, timeMs, histogram });
      else {
        columns.refs[at] = ref;
        columns.timesMs[at] = timeMs;
        columns.values[at++] = value;
      }
    }
    for (const ref of gone[p] ?? []) {
      columns.refs[at] = ref;
      columns.timesMs[at] = timeMs;
      setStaleAt(bits, at++);
    }
  }
  return { samples: { ...columns, count: at }, histograms };
}

function newColumns(count: number): SampleColumns & { refs: Int32Array } {
  return {
    count,
    refs: new Int32Array(count),
    timesMs: new Float64Array(count),
    values: new Float64Array(count),
  };
}
