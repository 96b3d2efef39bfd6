import type { Grouping } from '@farol/logql';
import { type Labels, labelsKey, noLabels, Refusal } from '#model';
import { labelsText } from '../labelstext.ts';
import { EntryLabelSets, ERROR, joinedLabels, type LineState, PRESERVE_ERROR, stateKey } from '../pipeline/index.ts';
import type { Accumulator } from './accumulator.ts';
import { labelsPart } from './series.ts';

export interface TableOptions {
  readonly newAccumulator: () => Accumulator;
  /** Which labels a series keeps; all of them without one. */
  readonly grouping?: Grouping;
  /** The grouping is that of a `sum` around the aggregation, which sees `__error__` as a label like any other. */
  readonly isOuter: boolean;
  /** One series, whatever the labels (`absent_over_time`). */
  readonly ignoresLabels: boolean;
  readonly seriesMax: number;
}

/** A line with an error that no filter let through. */
export class PipelineError extends Refusal {}

const knownMax = 50_000;

/** The series of a range aggregation, found by what the pipeline left of a line's labels. */
export class SeriesTable {
  readonly series = new Map<string, { labels: Labels; accumulator: Accumulator }>();
  private readonly options: TableOptions;
  private readonly names: ReadonlySet<string>;
  private readonly isSingle: boolean;
  /** Short ways to a series: by stream while nothing has touched the labels, else by what did. */
  private readonly plain: (Accumulator | undefined)[] = [];
  private readonly known = new Map<string, Accumulator>();
  private readonly labelSets = new EntryLabelSets();
  private readonly sortedNames: readonly string[];

  constructor(options: TableOptions) {
    this.options = options;
    const { grouping, ignoresLabels } = options;
    this.names = new Set(grouping?.labels);
    this.sortedNames = [...this.names].sort();
    this.isSingle = ignoresLabels || (grouping !== undefined && !grouping.without && grouping.labels.length === 0);
  }

  /** Refuses a line with an error that no filter let through knowingly, as Loki does. */
  find(state: LineState): Accumulator {
    if (state.error !== '' && state.get(PRESERVE_ERROR) !== 'true') throw this.pipelineError(state);
    if (state.isPlain) {
      const { index } = state.stream;
      const plain = this.plain[index] ?? this.make(state);
      this.plain[index] = plain;
      return plain;
    }
    const key = this.isByNames(state) ? this.keyOfNames(state) : stateKey(state);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    if (this.known.size >= knownMax) this.known.clear();
    const made = this.make(state);
    this.known.set(key, made);
    return made;
  }

  private isByNames({ error }: LineState): boolean {
    const { grouping } = this.options;
    return error === '' && grouping !== undefined && !grouping.without;
  }

  private keyOfNames(state: LineState): string {
    let key = '';
    for (const name of this.sortedNames) {
      const value = state.get(name);
      key += value === undefined ? '-' : `${value.length}:${value}`;
    }
    return key;
  }

  private make(state: LineState): Accumulator {
    const labels = this.labelsOf(state);
    const key = labelsKey(labels);
    const known = this.series.get(key);
    if (known !== undefined) return known.accumulator;
    const { seriesMax, newAccumulator } = this.options;
    if (this.series.size >= seriesMax) {
      const advice = 'select fewer streams, or group by fewer labels';
      const message = `the query makes more than ${seriesMax} series (limits.query.seriesMax); ${advice}`;
      throw new Refusal(message, { code: 'QUERY_TOO_LARGE' });
    }
    const accumulator = newAccumulator();
    this.series.set(key, { labels, accumulator });
    return accumulator;
  }

  private labelsOf(state: LineState): Labels {
    const { grouping, isOuter } = this.options;
    const hasError = state.error !== '';
    if (hasError && !isOuter) return joinedLabels(this.labelSets.of(state));
    if (this.isSingle) return noLabels;
    const all = joinedLabels(this.labelSets.of(state));
    return grouping === undefined ? all : labelsPart(all, this.names, !grouping.without);
  }

  private pipelineError(state: LineState): PipelineError {
    const labels = labelsText(joinedLabels(this.labelSets.of(state)));
    const message =
      `pipeline error: '${state.error}' for series: '${labels}'.\n` +
      `Use a label filter to intentionally skip this error. (e.g | ${ERROR}!="${state.error}").\n` +
      `To skip all potential errors you can match empty errors.(e.g ${ERROR}="")\n` +
      `The label filter can also be specified after unwrap. (e.g | unwrap latency | ${ERROR}="" )\n`;
    return new PipelineError(message, { code: 'BAD_REQUEST' });
  }
}
