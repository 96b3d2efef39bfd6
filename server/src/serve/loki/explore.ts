/** index/stats, index/volume, index/volume_range, patterns, detected_fields: what Grafana explores logs with. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Matcher } from '#model';
import type { LogEntry } from '#query/logql';
import { createStreamLabels, type DetectedField, fieldsOf, patternsOf, type Volume, volumesOf } from '#query/streams';
import type { Asking, Question } from '../asking.ts';
import { sendJson } from '../json.ts';
import { secondsText } from '../prometheus/float.ts';
import { labelsJson } from '../prometheus/values.ts';
import { sendData } from './answers.ts';
import type { LokiDeps } from './deps.ts';
import { bad, limitParam, nanoseconds, type Params, paramsOf, rangeParam, selectorOf, stepParam } from './params.ts';

export function exploreRoutes(scope: FastifyInstance, deps: LokiDeps, asking: Asking): void {
  const streams = createStreamLabels(deps);
  const route = (url: string, answer: (params: Params, request: FastifyRequest, reply: FastifyReply) => unknown) =>
    scope.route({
      method: ['GET', 'POST'],
      url,
      handler: (request, reply) => answer(paramsOf(request), request, reply),
    });
  const selected = (params: Params) => {
    const matchers = selectorOf(deps.logql, params.first('query'));
    return { ...rangeParam(params, deps.clock.nowMs()), matchers, matcherSets: [matchers] };
  };

  route('/index/stats', async (params, request, reply) => {
    const question = selected(params);
    const stats = await asking({ request, reply }, (about) => streams.stats({ ...question, ...about }));
    return sendJson(reply, JSON.stringify(stats));
  });

  route('/index/volume', async (params, request, reply) => {
    const question = { ...selected(params), ...groupingOf(params, selected(params).matchers) };
    const found = await asking({ request, reply }, (about) => volumesOf(deps, { ...question, ...about }));
    const result = found.slice(0, limitParam(params)).map((volume) => vectorJson(volume, question.endNs));
    return sendJson(reply, resultJson('vector', result));
  });

  route('/index/volume_range', async (params, request, reply) => {
    const selection = selected(params);
    const stepNs = nanoseconds(stepParam(params, selection, deps.limits));
    const question = { ...selection, ...groupingOf(params, selection.matchers), stepNs };
    const found = await asking({ request, reply }, (about) => volumesOf(deps, { ...question, ...about }));
    return sendJson(reply, resultJson('matrix', found.slice(0, limitParam(params)).map(matrixJson)));
  });

  route('/patterns', async (params, request, reply) => {
    const selection = selected(params);
    const stepNs = nanoseconds(stepParam(params, selection, deps.limits));
    const found = await asking({ request, reply }, (about) => patternsOf(deps, { ...selection, stepNs, ...about }));
    const data = found.map(({ pattern, samples }) => ({
      pattern,
      samples: samples.map(({ timeNs, count }) => [Number(timeNs / 1_000_000_000n), count]),
    }));
    return sendData(reply, data);
  });

  route('/detected_fields', async (params, request, reply) => {
    const limit = limitParam(params, 'limit', fieldsDefault);
    const found = await asking({ request, reply }, (about) => detected(params, about));
    return sendJson(reply, JSON.stringify({ fields: found.slice(0, limit).map(fieldJson), limit }));
  });

  scope.route<{ Params: { name: string } }>({
    method: ['GET', 'POST'],
    url: '/detected_field/:name/values',
    handler: async (request, reply) => {
      const params = paramsOf(request);
      const limit = limitParam(params, 'limit', fieldsDefault);
      const found = await asking({ request, reply }, (about) => detected(params, about));
      const values = found.find(({ label }) => label === request.params.name)?.values ?? new Set<string>();
      return sendJson(reply, JSON.stringify({ values: [...values].sort().slice(0, limit), limit }));
    },
  });

  /** Of the newest lines of the query. */
  async function detected(params: Params, about: Question): Promise<DetectedField[]> {
    const text = params.first('query');
    const limit = Math.min(limitParam(params, 'line_limit', linesDefault), deps.limits.logRowsMax);
    if (deps.logql.parse(text).kind !== 'log') throw bad('fields are detected in lines; give a log query');
    const range = { ...rangeParam(params, deps.clock.nowMs()), stepMs: 1000 };
    const { value } = await deps.logql.query({ kind: 'range', text, limit, ...range, ...about });
    return value.kind === 'streams' ? fieldsOf(value.entries.map(sourceOf)) : [];
  }
}

/** Loki's, of both. */
const fieldsDefault = 1000;
const linesDefault = 1000;

const sourceOf = ({ line, labels }: LogEntry) => ({ line, metadata: labels.metadata, parsed: labels.parsed });

function fieldJson({ label, type, values, parsers, jsonPath }: DetectedField): object {
  return {
    label,
    type,
    cardinality: values.size,
    parsers: parsers.length === 0 ? null : parsers,
    ...(jsonPath.length > 0 && { jsonPath }),
  };
}

/** By the labels that are named, else by those that the query asks about. */
function groupingOf(params: Params, matchers: readonly Matcher[]): { by: string[]; aggregateBy: 'series' | 'labels' } {
  const aggregateBy = params.first('aggregateBy') || 'series';
  if (aggregateBy !== 'series' && aggregateBy !== 'labels') {
    throw bad(`invalid aggregation option ${JSON.stringify(aggregateBy.slice(0, 40))}; it is "series" or "labels"`);
  }
  const targets = params
    .first('targetLabels')
    .split(',')
    .filter((name) => name !== '');
  return { by: targets.length > 0 ? targets : [...new Set(matchers.map(({ name }) => name))], aggregateBy };
}

const secondsOf = (timeNs: bigint): string => secondsText(Number(timeNs / 1_000_000n));

function vectorJson({ labels, bytes }: Volume, timeNs: bigint): string {
  return `{"metric":${labelsJson(labels)},"value":[${secondsOf(timeNs)},"${bytes}"]}`;
}

function matrixJson({ labels, steps }: Volume): string {
  const points = steps.map(({ startNs, bytes }) => `[${secondsOf(startNs)},"${bytes}"]`);
  return `{"metric":${labelsJson(labels)},"values":[${points.join(',')}]}`;
}

function resultJson(resultType: 'vector' | 'matrix', result: readonly string[]): string {
  return `{"status":"success","data":{"resultType":"${resultType}","result":[${result.join(',')}],"stats":{}}}`;
}
