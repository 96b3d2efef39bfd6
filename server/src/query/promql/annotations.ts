import { goQuote, positionOf, type Span } from '@farol/promql';
import { formatG } from './goformat.ts';

export interface Annotation extends Span {
  /** As Prometheus prints it, position included. */
  readonly text: string;
}

export interface AnnotationLists {
  readonly warnings: readonly Annotation[];
  readonly infos: readonly Annotation[];
}

type Severity = 'warning' | 'info';

interface Note extends Span {
  readonly severity: Severity;
  readonly text: string;
  /** Facts that grow when the same note comes again. */
  readonly monotonicity?: Monotonicity;
  readonly occurrences?: number;
}

interface Monotonicity {
  readonly timeMinMs: number;
  readonly timeMaxMs: number;
  readonly bucketMin: number;
  readonly bucketMax: number;
  readonly diffMax: number;
  readonly count: number;
}

/** Remarks about an answer, each text once, in Prometheus' words (util/annotations). */
export class Annotations {
  private readonly notes = new Map<string, Note>();

  warn(text: string, at: Span): void {
    this.add('warning', text, at);
  }

  inform(text: string, at: Span): void {
    this.add('info', text, at);
  }

  invalidQuantile(q: number, at: Span): void {
    this.warn(`quantile value should be between 0 and 1, got ${formatG(q)}`, at);
  }

  invalidRatio(ratio: number, capped: number, at: Span): void {
    const got = `got ${formatG(ratio)}, capping to ${formatG(capped)}`;
    this.warn(`ratio value should be between -1 and 1, ${got}`, at);
  }

  badBucketLabel(metric: string, le: string, at: Span): void {
    const problem = `bucket label "le" is missing or has a malformed value of ${goQuote(le)}`;
    this.warn(`${problem}${forMetric(metric)}`, at);
  }

  mixedClassicNative(metric: string, at: Span): void {
    this.warn(`vector contains a mix of classic and native histograms${forMetric(metric)}`, at);
  }

  mixedFloatsHistograms(metric: string, at: Span): void {
    this.warn(`encountered a mix of histograms and floats for metric name ${goQuote(metric)}`, at);
  }

  mixedInAggregation(at: Span): void {
    this.warn('encountered a mix of histograms and floats for aggregation', at);
  }

  mixedSchemas(metric: string, at: Span): void {
    const mix = 'vector contains a mix of histograms with exponential and custom buckets schemas';
    this.warn(`${mix} for metric name ${goQuote(metric)}`, at);
  }

  notCounterHistogram(metric: string, at: Span): void {
    this.warn(`this native histogram metric is not a counter: ${goQuote(metric)}`, at);
  }

  notGaugeHistogram(metric: string, at: Span): void {
    this.warn(`this native histogram metric is not a gauge: ${goQuote(metric)}`, at);
  }

  incompatibleBuckets(operator: string, at: Span): void {
    this.warn(`incompatible bucket layout encountered for binary operator ${operator}`, at);
  }

  resetCollision(operation: 'addition' | 'subtraction' | 'aggregation', at: Span): void {
    this.warn(`conflicting counter resets during histogram ${operation}`, at);
  }

  reconciledBounds(operation: 'addition' | 'subtraction' | 'aggregation', at: Span): void {
    this.inform(`mismatched custom buckets were reconciled during ${operation}`, at);
  }

  sortInRange(at: Span): void {
    this.warn('sort is ineffective for range queries since results are always ordered by labels', at);
  }

  possibleNonCounter(metric: string, at: Span): void {
    const guess = 'metric might not be a counter, name does not end in _total/_sum/_count/_bucket:';
    this.inform(`${guess} ${goQuote(metric)}`, at);
  }

  notCounterType(metric: string, type: string, at: Span): void {
    const guess = 'metric might not be a counter, __type__ label is not set to "counter" or "histogram"';
    this.inform(`${guess}, got ${goQuote(type)}: ${goQuote(metric)}`, at);
  }

  incompatibleTypes(operator: string, left: string, right: string, at: Span): void {
    const problem = `incompatible sample types encountered for binary operator ${goQuote(operator)}`;
    this.inform(`${problem}: ${left} ${operator} ${right}`, at);
  }

  /** Observations of NaN count, but lie in no bucket. */
  nanObservations(func: string, effect: 'result' | 'skew', metric: string, at: Span): void {
    const isFraction = func === 'histogram_fraction';
    const input = `input to ${isFraction ? func : 'histogram_quantile'} has NaN observations`;
    const outcome = isFraction
      ? 'which are excluded from all fractions'
      : effect === 'result'
        ? 'result is NaN'
        : 'result is skewed higher';
    this.inform(`${input}, ${outcome}${forMetric(metric)}`, at);
  }

  ignoredInAggregation(aggregation: string, at: Span): void {
    this.inform(`ignored histogram in ${aggregation} aggregation`, at);
  }

  ignoredInRange(metric: string, at: Span): void {
    const range = 'ignored histograms in a range containing both floats and histograms';
    this.inform(`${range} for metric name ${goQuote(metric)}`, at);
  }

  forcedMonotonicity(metric: string, at: Span, fact: Omit<Monotonicity, 'count'>): void {
    const page = 'https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile';
    const text = `input to histogram_quantile needed to be fixed for monotonicity (see ${page})${forMetric(metric)}`;
    const before = this.notes.get(text)?.monotonicity;
    const monotonicity = before === undefined ? { ...fact, count: 1 } : merged(before, fact);
    this.notes.set(text, { severity: 'info', text, start: at.start, end: at.end, monotonicity });
  }

  /** A sample says that it counts from before the sample that precedes it. */
  startOverlap(metric: string, at: Span): void {
    const problem = 'sample has start time that overlaps with previous sample timestamp';
    const text = `${problem} for metric ${goQuote(metric)}`;
    const occurrences = (this.notes.get(text)?.occurrences ?? 0) + 1;
    this.notes.set(text, { severity: 'warning', text, start: at.start, end: at.end, occurrences });
  }

  /** At most ten of each, like Prometheus' API; what is left out is counted in a last line. */
  list(query: string): AnnotationLists {
    return { warnings: this.listOf('warning', query), infos: this.listOf('info', query) };
  }

  /** Whether none of them tells when or how often: so they are the same whenever their steps are computed. */
  get areTimeless(): boolean {
    return [...this.notes.values()].every((note) => note.monotonicity === undefined && note.occurrences === undefined);
  }

  /** Takes the remarks about other steps of the same query, which must be timeless. */
  join(others: Annotations): void {
    for (const [text, note] of others.notes) if (!this.notes.has(text)) this.notes.set(text, note);
  }

  private add(severity: Severity, text: string, at: Span): void {
    this.notes.set(text, { severity, text, start: at.start, end: at.end });
  }

  private listOf(severity: Severity, query: string): Annotation[] {
    const all = [...this.notes.values()].filter((note) => note.severity === severity);
    const shown = all.slice(0, listMax).map((note) => print(note, query));
    if (all.length > listMax) {
      shown.push({ text: `${all.length - listMax} more ${severity} annotations omitted`, start: 0, end: 0 });
    }
    return shown;
  }
}

const listMax = 10;

function forMetric(metric: string): string {
  return metric === '' ? '' : ` for metric name ${goQuote(metric)}`;
}

function merged(before: Monotonicity, fact: Omit<Monotonicity, 'count'>): Monotonicity {
  return {
    timeMinMs: Math.min(before.timeMinMs, fact.timeMinMs),
    timeMaxMs: Math.max(before.timeMaxMs, fact.timeMaxMs),
    bucketMin: Math.min(before.bucketMin, fact.bucketMin),
    bucketMax: Math.max(before.bucketMax, fact.bucketMax),
    diffMax: Math.max(before.diffMax, fact.diffMax),
    count: before.count + 1,
  };
}

function print({ severity, text, start, end, monotonicity, occurrences = 1 }: Note, query: string): Annotation {
  const { line, column } = positionOf(query, start);
  const often = occurrences > 1 ? ` (${occurrences} occurrences)` : '';
  const details = monotonicity === undefined ? often : monotonicityText(monotonicity);
  return { text: `PromQL ${severity}: ${text}${details} (${line}:${column})`, start, end };
}

function monotonicityText(fact: Monotonicity): string {
  const buckets = `from buckets ${formatG(fact.bucketMin)} to ${formatG(fact.bucketMax)}`;
  const times = `from ${isoSeconds(fact.timeMinMs)} to ${isoSeconds(fact.timeMaxMs)}`;
  return `, ${buckets}, with a max diff of ${formatG(fact.diffMax, 2)}, over ${fact.count} samples ${times}`;
}

function isoSeconds(ms: number): string {
  return new Date(Math.trunc(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}
