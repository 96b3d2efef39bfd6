/**
 * The rules of OpenMetrics that hold between lines: what belongs to which family, in which order, with which values.
 * Source: the OpenMetrics 1.0 specification and its parser cases.
 */
import type { MetricType } from '#model';
import { createBuckets } from './buckets.ts';
import { ExpositionProblem } from './problem.ts';
import { parseSeries } from './series.ts';
import type { ExposedSeries } from './sink.ts';

/** What the rules ask of a series, worked out once. */
export interface SampleFacts {
  readonly name: string;
  /** The series without `le` and `quantile`: the samples of one histogram or summary share it. */
  readonly group: string;
  readonly le: string | undefined;
  readonly quantile: string | undefined;
  /** The label names by which a stateset names its state. */
  readonly labelNames: readonly string[];
}

interface Family {
  readonly name: string;
  type: MetricType;
  unit: string;
  readonly told: Set<'help' | 'type' | 'unit'>;
  hasSamples: boolean;
  groups: Set<string>;
  group: string | undefined;
  timeSeconds: number | undefined;
}

const suffixes: Record<MetricType, readonly string[]> = {
  counter: ['_total', '_created'],
  gauge: [''],
  histogram: ['_bucket', '_count', '_sum', '_created'],
  gaugehistogram: ['_bucket', '_gcount', '_gsum'],
  summary: ['', '_count', '_sum', '_created'],
  info: ['_info'],
  stateset: [''],
  unknown: [''],
};

export function createFamilies() {
  /** Every name a family's samples can have, by the family that took it. */
  const taken = new Map<string, string>();
  let current: Family | undefined;
  const buckets = createBuckets();

  function open(name: string): Family {
    close();
    if (taken.has(name)) throw new ExpositionProblem(`the name ${name} belongs to family ${taken.get(name)} already`);
    current = {
      name,
      type: 'unknown',
      unit: '',
      told: new Set(),
      hasSamples: false,
      groups: new Set(),
      group: undefined,
      timeSeconds: undefined,
    };
    return current;
  }

  function close(): void {
    if (!current) return;
    const { name, type, unit } = current;
    buckets.endGroup();
    if (unit !== '' && !name.endsWith(`_${unit}`)) {
      throw new ExpositionProblem(`unit ${unit} is not a suffix of metric ${name}`);
    }
    if (unit !== '' && (type === 'info' || type === 'stateset')) {
      throw new ExpositionProblem(`metrics of type ${type} have no unit`);
    }
    for (const suffix of new Set(['', ...suffixes[type]])) {
      const owner = taken.get(name + suffix);
      if (owner !== undefined) throw new ExpositionProblem(`families ${owner} and ${name} both have ${name + suffix}`);
      taken.set(name + suffix, name);
    }
    current = undefined;
  }

  function tell(name: string, kind: 'help' | 'type' | 'unit'): Family {
    const family = current?.name === name ? current : open(name);
    if (family.hasSamples) throw new ExpositionProblem(`metadata of ${name} after its samples`);
    if (family.told.has(kind)) throw new ExpositionProblem(`a second ${kind} of ${name}`);
    family.told.add(kind);
    return family;
  }

  function familyOf(sampleName: string): Family {
    if (current && sampleName.startsWith(current.name)) {
      const suffix = sampleName.slice(current.name.length);
      if (suffixes[current.type].includes(suffix)) return current;
    }
    return open(sampleName);
  }

  /** Hot: once per sample. Returns the facts, to be kept with the series. */
  function sample(
    series: ExposedSeries,
    text: string,
    value: number,
    timeSeconds: number | undefined,
    hasExemplar: boolean,
  ): SampleFacts {
    const facts = series.facts ?? factsOf(text);
    const family = familyOf(facts.name);
    family.hasSamples = true;
    const hasParts = family.type === 'histogram' || family.type === 'gaugehistogram' || family.type === 'summary';
    enterGroup(family, hasParts ? facts.group : text, timeSeconds);
    const suffix = facts.name.slice(family.name.length);
    if (hasExemplar) checkExemplar(family.type, suffix);
    checkSample(family, suffix, facts, value);
    if (hasParts) buckets.sample(family.type, suffix, facts, value);
    return facts;
  }

  function enterGroup(family: Family, group: string, timeSeconds: number | undefined): void {
    if (family.group === group) {
      if ((timeSeconds === undefined) !== (family.timeSeconds === undefined)) {
        throw new ExpositionProblem('a group has samples with and without a timestamp');
      }
      if (timeSeconds !== undefined && timeSeconds < (family.timeSeconds ?? timeSeconds)) {
        throw new ExpositionProblem('timestamps go backwards within a group');
      }
      if (timeSeconds !== family.timeSeconds) buckets.endGroup();
    } else {
      buckets.endGroup();
      if (family.groups.has(group)) throw new ExpositionProblem('the samples of a group are not together');
      family.groups.add(group);
      family.group = group;
    }
    family.timeSeconds = timeSeconds;
  }

  return {
    sample,
    help: (name: string): void => void tell(name, 'help'),
    type: (name: string, type: MetricType): void => {
      tell(name, 'type').type = type;
    },
    unit: (name: string, unit: string): void => {
      tell(name, 'unit').unit = unit;
    },
    /** The body is whole: checks what only its end can tell. */
    end: close,
  };
}

export function factsOf(text: string): SampleFacts {
  const labels = parseSeries(text, { loose: false });
  const names: string[] = [];
  const facts = { name: '', group: '', le: undefined as string | undefined, quantile: undefined as string | undefined };
  for (let i = 0; i < labels.length; i += 2) {
    const [name = '', value = ''] = [labels[i], labels[i + 1]];
    names.push(name);
    if (name === '__name__') facts.name = value;
    else if (name === 'le') facts.le = value;
    else if (name === 'quantile') facts.quantile = value;
    else facts.group += `${name.length}:${name}${value.length}:${value}`;
  }
  return { ...facts, labelNames: names };
}

function checkExemplar(type: MetricType, suffix: string): void {
  const isBucket = suffix === '_bucket' && (type === 'histogram' || type === 'gaugehistogram');
  if (!isBucket && !(suffix === '_total' && type === 'counter')) {
    throw new ExpositionProblem("exemplars belong to counters' _total and to buckets only");
  }
}

function checkSample(family: Family, suffix: string, facts: SampleFacts, value: number): void {
  switch (family.type) {
    case 'counter':
      if (suffix === '_total') notNegative(value);
      return;
    case 'info':
      if (value !== 1) throw new ExpositionProblem('an info has the value 1');
      return;
    case 'stateset':
      if (value !== 0 && value !== 1) throw new ExpositionProblem('a state has the value 0 or 1');
      if (!facts.labelNames.includes(family.name))
        throw new ExpositionProblem(`a stateset needs the label ${family.name}`);
      return;
    case 'summary':
      if (suffix === '_count' || suffix === '_sum') notNegative(value);
      if (suffix === '') checkQuantile(facts.quantile, value);
      return;
    case 'histogram':
    case 'gaugehistogram':
      if (suffix === '_bucket' || suffix === '_count' || suffix === '_gcount') notNegative(value);
      return;
    default:
      return;
  }
}

function checkQuantile(quantile: string | undefined, value: number): void {
  const at = Number(quantile);
  if (quantile === undefined || quantile === '' || !(at >= 0 && at <= 1)) {
    throw new ExpositionProblem('a quantile is a number from 0 to 1');
  }
  if (value < 0) throw new ExpositionProblem("a quantile's value is not negative");
}

export function notNegative(value: number): void {
  if (!(value >= 0)) throw new ExpositionProblem('counts and sums are neither negative nor NaN');
}
