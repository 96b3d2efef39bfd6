import type { Value } from '../value.ts';
import { keyOf } from '../value.ts';

export interface Label {
  readonly name: string;
  /** Undefined for a group of spans that have no such field. */
  readonly value: Value;
}

/** A span that stands behind a point. */
export interface Exemplar {
  readonly traceId: string;
  readonly spanId: string;
  readonly timeMs: number;
  readonly value: number;
}

export interface Series {
  readonly labels: readonly Label[];
  /** One for each point of the grid; NaN where there is none. */
  readonly values: Float64Array;
  readonly exemplars: readonly Exemplar[];
}

/** Series are the same when their labels are; their name, which only says how they were computed, is none. */
export const seriesKey = ({ labels }: Pick<Series, 'labels'>): string =>
  labels
    .filter(({ name }) => name !== '__name__')
    .map(({ name, value }) => `${name}\u0001${keyOf(value)}`)
    .join('\u0002');

export const textLabel = (name: string, value: string): Label => ({ name, value: { type: 'string', value } });
