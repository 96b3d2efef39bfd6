/** query, query_range, query_exemplars, format_query, parse_query. */
import { exprToJson, prettyExpr, selectorsOf } from '@farol/promql';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Labels, labelsFrom, labelsKey, type Matcher, Refusal } from '#model';
import type { Answer, Promql, QueryStats, QueryValue } from '#query/promql';
import type { ExemplarsOfSeries } from '#store';
import type { Asking, Question } from '../asking.ts';
import { sendChunks, sendJson, succeed, successHead, successTail } from './answers.ts';
import type { PrometheusDeps } from './deps.ts';
import { sampleText } from './float.ts';
import { badParam, durationParam, limitParam, type Params, paramsOf, timeParam, windowParams } from './params.ts';
import { answerBytesMin, labelsJson, queryDataChunks } from './values.ts';

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

export function queryRoutes(scope: FastifyInstance, deps: PrometheusDeps, asking: Asking): void {
  const both = (url: string, handler: Handler) => scope.route({ method: ['GET', 'POST'], url, handler });

  both('/query', async (request, reply) => {
    const params = paramsOf(request);
    const limit = limitParam(params);
    const timeMs = timeParam(params, 'time', deps.clock.nowMs());
    const msMax = durationParam(params, 'timeout');
    const question = { text: queryText(params, deps), timeMs, ...lookbackOf(params) };
    const answer = await asking({ request, reply, msMax }, (about) =>
      namingParam(() => deps.promql.instant({ ...question, ...about })),
    );
    return sendAnswer({ request, reply, params, answer, limit }, deps);
  });

  both('/query_range', async (request, reply) => {
    const params = paramsOf(request);
    const limit = limitParam(params);
    const range = rangeOf(params, deps.limits.pointsPerSeriesMax);
    const msMax = durationParam(params, 'timeout');
    const question = { text: queryText(params, deps), ...range, ...lookbackOf(params) };
    const answer = await asking({ request, reply, msMax }, (about) =>
      namingParam(() => deps.promql.range({ ...question, ...about })),
    );
    return sendAnswer({ request, reply, params, answer, limit }, deps);
  });

  both('/query_exemplars', async (request, reply) => {
    const params = paramsOf(request);
    const { startMs, endMs, isReversed } = windowParams(params);
    if (isReversed) {
      throw new Refusal('end timestamp must not be before start timestamp', { code: 'BAD_REQUEST' });
    }
    const selectors = selectorsOf(deps.promql.parse(queryText(params, deps)));
    const found = await asking({ request, reply }, (about) =>
      exemplarsOf(selectors, { startMs, endMs, ...about }, deps),
    );
    return sendJson(reply, `${successHead}[${found.map(exemplarsJson).join(',')}]${successTail({})}`);
  });

  both('/format_query', async (request, reply) =>
    sendJson(reply, succeed(prettyExpr(await parsedQuery(request, deps)))),
  );

  both('/parse_query', async (request, reply) =>
    sendJson(reply, succeed(exprToJson(await parsedQuery(request, deps)))),
  );
}

async function parsedQuery(request: FastifyRequest, deps: PrometheusDeps): Promise<ReturnType<Promql['parse']>> {
  return namingParam(async () => deps.promql.parse(queryText(paramsOf(request), deps)));
}

function queryText(params: Params, { limits }: PrometheusDeps): string {
  const text = params.first('query');
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.textBytesMax) {
    throw badParam(
      'query',
      `it is ${bytes} bytes, query.textBytesMax is ${limits.textBytesMax}; write a shorter query`,
    );
  }
  return text;
}

function lookbackOf(params: Params): { lookbackMs?: number } {
  const lookbackMs = durationParam(params, 'lookback_delta') ?? 0;
  return lookbackMs > 0 ? { lookbackMs } : {};
}

function rangeOf(params: Params, pointsMax: number): { startMs: number; endMs: number; stepMs: number } {
  const startMs = timeParam(params, 'start');
  const endMs = timeParam(params, 'end');
  if (endMs < startMs) throw badParam('end', 'end timestamp must not be before start time');
  const stepMs = durationParam(params, 'step');
  if (stepMs === undefined) throw badParam('step', 'cannot parse "" to a valid duration');
  if (stepMs <= 0) {
    throw badParam('step', 'zero or negative query resolution step widths are not accepted. Try a positive integer');
  }
  if (Math.floor((endMs - startMs) / stepMs) > pointsMax) {
    throw new Refusal(
      `exceeded maximum resolution of ${pointsMax.toLocaleString('en-US')} points per timeseries. ` +
        'Try decreasing the query resolution (?step=XX)',
      { code: 'BAD_REQUEST' },
    );
  }
  return { startMs, endMs, stepMs: Math.max(1, Math.trunc(stepMs)) };
}

/** A query that does not parse is a bad `query` parameter, and Prometheus says so before the parser's own words. */
async function namingParam<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Refusal && error.code === 'BAD_REQUEST') {
      throw new Refusal(`invalid parameter "query": ${error.message}`, { code: 'BAD_REQUEST', cause: error });
    }
    throw error;
  }
}

interface AnswerToSend {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly params: Params;
  readonly answer: Answer;
  readonly limit: number;
}

function sendAnswer({ request, reply, params, answer, limit }: AnswerToSend, deps: PrometheusDeps): FastifyReply {
  const { value, truncated } = truncate(answer.value, limit);
  const bytes = answerBytesMin(value);
  if (bytes > deps.limits.answerBytesMax) {
    throw new Refusal(
      `the answer is over ${bytes} bytes, query.answerBytesMax is ${deps.limits.answerBytesMax}; aggregate, or use a larger step`,
      { code: 'QUERY_TOO_LARGE' },
    );
  }
  const warnings = answer.annotations.warnings.map(({ text }) => text);
  if (truncated) warnings.push('results truncated due to limit');
  const infos = answer.annotations.infos.map(({ text }) => text);
  const stats = params.first('stats') === '' ? undefined : statsJson(answer.stats);
  return sendChunks(request, reply, wrapped(queryDataChunks(value, stats), successTail({ warnings, infos })));
}

/** The envelope joins the first and the last piece, so that a short answer stays one piece. */
function* wrapped(chunks: Generator<string>, tail: string): Generator<string> {
  let held = successHead;
  let isFirst = true;
  for (const chunk of chunks) {
    if (isFirst) held += chunk;
    else {
      yield held;
      held = chunk;
    }
    isFirst = false;
  }
  yield held + tail;
}

function truncate(value: QueryValue, limit: number): { value: QueryValue; truncated: boolean } {
  if (limit > 0 && value.kind === 'matrix' && value.series.length > limit) {
    return { value: { ...value, series: value.series.slice(0, limit) }, truncated: true };
  }
  if (limit > 0 && value.kind === 'vector' && value.labels.length > limit) {
    return { value: { ...value, labels: value.labels.slice(0, limit) }, truncated: true };
  }
  return { value, truncated: false };
}

function statsJson(stats: QueryStats): string {
  return JSON.stringify({
    timings: {
      evalTotalTime: (stats.selectMs + stats.evalMs) / 1000,
      resultSortTime: 0,
      queryPreparationTime: (stats.parseMs + stats.selectMs) / 1000,
      innerEvalTime: stats.evalMs / 1000,
      execQueueTime: 0,
      execTotalTime: stats.totalMs / 1000,
    },
    samples: {
      totalQueryableSamples: stats.samplesRead,
      peakSamples: stats.samplesPeak,
      samplesRead: stats.samplesRead,
    },
  });
}

async function exemplarsOf(
  selectors: readonly (readonly Matcher[])[],
  range: Question & { readonly startMs: number; readonly endMs: number },
  { metrics, limits, deriveExemplars }: PrometheusDeps,
): Promise<ExemplarsOfSeries[]> {
  const bySeries = new Map<string, ExemplarsOfSeries>();
  for (const matchers of selectors) {
    const { samplesMax, seriesMax } = limits;
    for (const series of await metrics.exemplars({ ...range, matchers, samplesMax, seriesMax })) {
      bySeries.set(labelsKey(series.labels), series);
    }
  }
  const stored = [...bySeries.values()].filter(({ exemplars }) => exemplars.length > 0);
  return [...stored, ...((await deriveExemplars?.({ ...range, selectors, stored })) ?? [])];
}

function exemplarsJson({ labels, exemplars }: ExemplarsOfSeries): string {
  const items = exemplars.map(
    (exemplar) =>
      `{"labels":${labelsJson(exemplarLabels(exemplar))},"value":"${sampleText(exemplar.value)}","timestamp":${exemplar.timeMs / 1000}}`,
  );
  return `{"seriesLabels":${labelsJson(labels)},"exemplars":[${items.join(',')}]}`;
}

/** The ids are labels again on the way out: that is how Grafana finds the trace. */
function exemplarLabels({ labels, traceId, spanId }: { labels: Labels; traceId: string; spanId: string }): Labels {
  const pairs: [string, string][] = [
    ['trace_id', traceId],
    ['span_id', spanId],
  ];
  for (let i = 0; i < labels.length; i += 2) pairs.push([labels[i] ?? '', labels[i + 1] ?? '']);
  return labelsFrom(pairs);
}
