/**
 * TraceQL questions to answers, as Tempo answers them: traces in which a query finds spans, and series computed of spans.
 * Asks the store through the function it is given. Refuses to know how answers are spelled on a wire.
 */
import type { AttributeScope } from '@farol/traceql';
import { inspected } from '#kit';
import { type Limits, Refusal } from '#model';
import type { Ask } from '../stored/index.ts';
import { type Grid, instantGrid, rangeGrid } from './metrics/grid.ts';
import { evaluateMetrics, type MetricsAnswer } from './metrics/run.ts';
import { metricsOf, searchPipeline as pipelineIn, readQuery } from './read.ts';
import { type SearchAnswer, searchPipeline } from './search.ts';
import { type TagQuestion, type TagValue, tagNames, tagValues } from './tags.ts';

export { type Grid, timeOf } from './metrics/grid.ts';
export type { MetricsAnswer } from './metrics/run.ts';
export type { Exemplar, Label, Series } from './metrics/series.ts';
export { patternProblem } from './patterns.ts';
export type { FoundSet, FoundTrace, SearchAnswer } from './search.ts';
export type { TagValue } from './tags.ts';
export type { Value } from './value.ts';

export interface TraceqlDeps {
  readonly ask: Ask;
  readonly limits: Limits['query'];
}

interface SearchQuestion {
  readonly tenant: string;
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly limit: number;
  readonly spansPerSet: number;
  readonly signal: AbortSignal;
}

interface MetricsQuestion {
  readonly tenant: string;
  readonly text: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** Absent: one value for the whole range. */
  readonly stepNs?: bigint;
  /** Spans to name behind the points, at most. */
  readonly exemplars: number;
  readonly signal: AbortSignal;
}

/** Refuses with BAD_REQUEST (the query), QUERY_TOO_LARGE, QUERY_TIMEOUT and CANCELLED, and passes on the store's. */
export interface Traceql {
  search(question: SearchQuestion): Promise<SearchAnswer>;
  metrics(question: MetricsQuestion): Promise<MetricsAnswer & { readonly grid: Grid }>;
  /** Names of attributes, in order. */
  tagNames(scope: AttributeScope, question: TagQuestion): Promise<string[]>;
  /** Each value once; refuses with BAD_REQUEST when `name` is no field (`.a`, `resource.a`, `span:name`). */
  tagValues(name: string, question: TagQuestion): Promise<TagValue[]>;
}

export function createTraceql({ ask, limits }: TraceqlDeps): Traceql {
  async function metricsAnswer(text: string, asked: Omit<MetricsQuestion, 'text'>) {
    const { startNs, endNs, stepNs, ...question } = asked;
    const expr = metricsOf(readQuery(text, limits));
    const grid = stepNs === undefined ? instantGrid({ startNs, endNs }) : rangeGrid({ startNs, endNs, stepNs }, limits);
    return { grid, ...(await evaluateMetrics(ask, expr, { ...question, grid }, limits)) };
  }

  return {
    search: ({ text, ...question }) =>
      inspected({ name: 'query.traceql', text, cost }, async () =>
        searchPipeline(ask, {
          ...question,
          pipeline: pipelineIn(readQuery(text, limits)),
          limit: Math.min(question.limit, limits.tracesMax),
          spansMax: limits.traceSpansMax,
        }),
      ),
    metrics: ({ text, ...question }) =>
      inspected({ name: 'query.traceql', text, cost }, () => metricsAnswer(text, question)),
    tagNames: (scope, question) => tagNames(ask, scope, question),
    tagValues: async (name, question) => {
      const values = await tagValues(ask, name, question);
      if (values !== undefined) return values;
      throw new Refusal(`${JSON.stringify(name.slice(0, 200))} is no field; write .name, span.name, resource.name, …`, {
        code: 'BAD_REQUEST',
      });
    },
  };
}

const cost = ({ inspectedSpans }: { readonly inspectedSpans: number }) => ({ inspectedSpans });
