/** labels, label values, series, detected_labels. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Labels, labelPairs } from '#model';
import { createStreamLabels } from '#query/streams';
import type { Asking } from '../asking.ts';
import { sendJson } from '../json.ts';
import { labelsJson } from '../prometheus/values.ts';
import { sendData } from './answers.ts';
import type { LokiDeps } from './deps.ts';
import { bad, type Params, paramsOf, rangeParam, selectorOf } from './params.ts';

/** Without a start, labels are looked for this far back. */
const labelsSinceMs = 6 * 3_600_000;

export function labelRoutes(scope: FastifyInstance, deps: LokiDeps, asking: Asking): void {
  const streams = createStreamLabels(deps);
  const rangeOf = (params: Params) => rangeParam(params, deps.clock.nowMs(), labelsSinceMs);
  const selected = (params: Params) => {
    const matchers = selectorOf(deps.logql, params.first('query'));
    return { ...rangeOf(params), matcherSets: matchers.length === 0 ? [] : [matchers] };
  };

  const names = async (request: FastifyRequest, reply: FastifyReply) => {
    const question = selected(paramsOf(request));
    return sendData(reply, await asking({ request, reply }, (about) => streams.names({ ...question, ...about })));
  };
  for (const url of ['/labels', '/label']) scope.route({ method: ['GET', 'POST'], url, handler: names });

  scope.get<{ Params: { name: string } }>('/label/:name/values', async (request, reply) => {
    const question = selected(paramsOf(request));
    const { name } = request.params;
    return sendData(
      reply,
      await asking({ request, reply }, (about) => streams.values(name, { ...question, ...about })),
    );
  });

  scope.route({
    method: ['GET', 'POST'],
    url: '/series',
    handler: async (request, reply) => {
      const params = paramsOf(request);
      const selectors = [...params.all('match'), ...params.all('match[]')];
      if (selectors.length === 0) throw bad('0 matcher groups supplied; give at least one match[] selector');
      const matcherSets = selectors.map((text) => selectorOf(deps.logql, text));
      const question = { ...rangeOf(params), matcherSets };
      const found = await asking({ request, reply }, (about) => streams.streams({ ...question, ...about }));
      return sendJson(reply, `{"status":"success","data":[${found.map(labelsJson).join(',')}]}`);
    },
  });

  scope.route({
    method: ['GET', 'POST'],
    url: '/detected_labels',
    handler: async (request, reply) => {
      const question = selected(paramsOf(request));
      const found = await asking({ request, reply }, (about) => streams.streams({ ...question, ...about }));
      return sendJson(reply, JSON.stringify({ detectedLabels: detectedLabels(found) }));
    },
  });
}

/** As Loki has it: labels that only hold numbers or ids help nobody to narrow down, but for a few known names. */
function detectedLabels(streams: readonly Labels[]): { label: string; cardinality: number }[] {
  const valuesOf = new Map<string, Set<string>>();
  for (const labels of streams) {
    for (const [name, value] of labelPairs(labels)) {
      const values = valuesOf.get(name) ?? new Set();
      valuesOf.set(name, values.add(value));
    }
  }
  return [...valuesOf]
    .filter(([name, values]) => known.has(name) || ![...values].every(isId))
    .map(([label, values]) => ({ label, cardinality: values.size }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
}

const known = new Set(['cluster', 'namespace', 'instance', 'pod']);
const isId = (value: string): boolean =>
  /^[+-]?\d+(\.\d+)?$/.test(value) || /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(value);
