/** `targets/metadata`: what each target says of its metrics. Told by family in the store, and joined here with the target's series. */
import type { FastifyInstance } from 'fastify';
import { labelPairs, type MetadataRow, type MetricType } from '#model';
import type { Asking, Question } from '../asking.ts';
import { sendJson, successHead, successTail } from './answers.ts';
import type { ActiveTarget, PrometheusDeps } from './deps.ts';
import { labelsTest } from './matching.ts';
import { countParam, paramsOf } from './params.ts';
import { labelsJson } from './values.ts';

export function targetMetadataRoute(scope: FastifyInstance, deps: PrometheusDeps, asking: Asking): void {
  scope.get('/targets/metadata', async (request, reply) => {
    const params = paramsOf(request);
    const limit = countParam(params, 'limit') ?? Number.POSITIVE_INFINITY;
    const matchTarget = params.first('match_target');
    const matches = labelsTest(matchTarget === '' ? [] : deps.promql.parseSelector(matchTarget));
    const targets = deps.targets().activeTargets.filter(({ labels }) => matches(labels));
    const metric = params.first('metric');
    const found = await asking({ request, reply }, async (about) => {
      const rows = await deps.metrics.metadata({ ...about, limit: 0, ...(metric !== '' && { metric }) });
      const items: string[] = [];
      for (const target of targets) {
        if (items.length >= limit || rows.length === 0) break;
        const names = await namesOf(target, about, deps);
        items.push(...rows.filter((row) => exposes(names, row)).map((row) => itemJson(target, row, metric !== '')));
      }
      return items;
    });
    return sendJson(reply, `${successHead}[${found.join(',')}]${successTail({})}`);
  });
}

/** A target whose last scrapes failed still says what it said. */
const recentMs = 3_600_000;

async function namesOf(target: ActiveTarget, about: Question, deps: PrometheusDeps): Promise<ReadonlySet<string>> {
  const endMs = deps.clock.nowMs();
  const matchers = [...labelPairs(target.labels)].map(([name, value]) => ({ kind: '=' as const, name, value }));
  const question = { ...about, matcherSets: [matchers], startMs: endMs - recentMs, endMs, limit: 0 };
  return new Set(await deps.metrics.labelValues('__name__', question));
}

const parts: Partial<Record<MetricType, readonly string[]>> = {
  histogram: ['_count', '_bucket', '_sum'],
  gaugehistogram: ['_gcount', '_count', '_bucket'],
  summary: ['_count', '_sum'],
};

function exposes(names: ReadonlySet<string>, { metric, type }: MetadataRow): boolean {
  return names.has(metric) || (parts[type]?.some((suffix) => names.has(metric + suffix)) ?? false);
}

/** The metric is left out when it was asked for, as Prometheus does. */
function itemJson({ labels }: ActiveTarget, { metric, type, help, unit }: MetadataRow, isAsked: boolean): string {
  const about = JSON.stringify({ ...(!isAsked && { metric }), type, help, unit });
  return `{"target":${labelsJson(labels)},${about.slice(1)}`;
}
