/** labels, label values, series, metadata: what Grafana's drop-downs and promtool ask. */

import type { FastifyInstance } from 'fastify';
import { type Matcher, type MetadataRow, Refusal } from '#model';
import type { Asking } from '../asking.ts';
import { sendChunks, sendJson, succeed } from './answers.ts';
import type { PrometheusDeps } from './deps.ts';
import { listChunks, seriesChunks } from './lists.ts';
import { matcherTest } from './matching.ts';
import { unescapeName } from './names.ts';
import { countParam, limitParam, type Params, paramsOf, windowParams } from './params.ts';

export function labelRoutes(scope: FastifyInstance, deps: PrometheusDeps, asking: Asking): void {
  scope.route({
    method: ['GET', 'POST'],
    url: '/labels',
    handler: async (request, reply) => {
      const { question, limit } = labelQuestion(paramsOf(request), deps);
      const names = await asking({ request, reply }, (about) => deps.metrics.labelNames({ ...question, ...about }));
      return sendChunks(request, reply, listChunks(names, limit));
    },
  });

  // A wildcard, because the router's parameters end at a hundred letters and escaped names are longer.
  scope.get<{ Params: { '*': string } }>('/label/*', async (request, reply) => {
    const name = labelNameOf(request.params['*']);
    const { question, limit } = labelQuestion(paramsOf(request), deps);
    const values = await asking({ request, reply }, (about) =>
      deps.metrics.labelValues(name, { ...question, ...about }),
    );
    return sendChunks(request, reply, listChunks(values, limit));
  });

  scope.route({
    method: ['GET', 'POST'],
    url: '/series',
    handler: async (request, reply) => {
      const params = paramsOf(request);
      if (params.all('match[]').length === 0) {
        throw new Refusal('no match[] parameter provided', { code: 'BAD_REQUEST' });
      }
      const { question, limit } = labelQuestion(params, deps);
      const found = await asking({ request, reply }, (about) => deps.metrics.listSeries({ ...question, ...about }));
      return sendChunks(request, reply, seriesChunks(found, limit));
    },
  });

  scope.get('/metadata', async (request, reply) => {
    const params = paramsOf(request);
    const metric = params.first('metric');
    const limit = countParam(params, 'limit');
    const perMetric = countParam(params, 'limit_per_metric');
    const rows = await asking({ request, reply }, (about) =>
      deps.metrics.metadata({ ...about, limit: 0, ...(metric !== '' && { metric }) }),
    );
    return sendJson(reply, succeed(metadataByMetric(rows, limit, perMetric)));
  });
}

function labelNameOf(path: string): string {
  const escaped = path.endsWith('/values') ? path.slice(0, -'/values'.length) : undefined;
  if (escaped === undefined) throw new Refusal('ask /label/<name>/values', { code: 'NOT_FOUND' });
  const name = unescapeName(escaped);
  if (name === '' || !name.isWellFormed() || name.includes('\ufffd')) {
    throw new Refusal(`invalid label name: ${JSON.stringify(name)}`, { code: 'BAD_REQUEST' });
  }
  return name;
}

function labelQuestion(params: Params, { promql }: PrometheusDeps) {
  const limit = limitParam(params);
  const { startMs, endMs } = windowParams(params);
  const matcherSets = params.all('match[]').map((text) => promql.parseSelector(text));
  if (matcherSets.some(matchesEverything)) {
    throw new Refusal('match[] must contain at least one non-empty matcher', { code: 'BAD_REQUEST' });
  }
  // One more than asked for tells whether something was left out.
  return { limit, question: { matcherSets, startMs, endMs, limit: limit === 0 ? 0 : limit + 1 } };
}

function matchesEverything(matchers: readonly Matcher[]): boolean {
  return matchers.every((matcher) => matcherTest(matcher)(''));
}

function metadataByMetric(rows: readonly MetadataRow[], limit = Number.POSITIVE_INFINITY, perMetric = 0): object {
  const byMetric = new Map<string, { type: string; help: string; unit: string }[]>();
  for (const { metric, type, help, unit } of rows) {
    const known = byMetric.get(metric);
    if (known && (perMetric === 0 || known.length < perMetric)) known.push({ type, help, unit });
    else if (!known && byMetric.size < limit) byMetric.set(metric, [{ type, help, unit }]);
  }
  return Object.fromEntries(byMetric);
}
