/**
 * OpenMetrics' `_created` lines: when the samples of the same family and labels, which stand before them, began to count.
 * They stay series of their own as well, as Prometheus keeps them.
 */
import type { MetricType } from '#model';
import { factsOf } from './families.ts';
import type { ExposedSeries, Sink } from './sink.ts';

const countingTypes: ReadonlySet<MetricType> = new Set<MetricType>(['counter', 'histogram', 'summary']);

export function beginnings(sink: Sink) {
  /** What the family's `_created` lines are called; undefined where there are none. */
  let createdName: string | undefined;
  let group = '';
  let series: ExposedSeries[] = [];

  return {
    noteType(family: string, type: MetricType): void {
      createdName = sink.began && countingTypes.has(type) ? `${family}_created` : undefined;
      series = [];
    },

    /** Hot: once per sample. */
    noteSample(one: ExposedSeries, body: string, start: number, end: number, value: number): void {
      if (createdName === undefined) return;
      one.facts ??= factsOf(body.slice(start, end));
      if (one.facts.group !== group) {
        group = one.facts.group;
        series = [];
      }
      if (one.facts.name === createdName) for (const each of series) sink.began?.(each, Math.round(value * 1000));
      else if (one.facts.quantile === undefined) series.push(one);
    },
  };
}
