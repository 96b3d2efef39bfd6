/** Who calls whom: as the spans say it where they are few enough, else as the service graph counted it. */
import { labelValue, Refusal } from '#model';
import { type DependenciesQuestion, type DependencyLink, dependencyLinks } from '#query/traces';
import type { JaegerDeps } from './deps.ts';

export async function dependenciesOf(
  deps: JaegerDeps,
  question: Omit<DependenciesQuestion, 'spansMax'>,
): Promise<readonly DependencyLink[]> {
  const spansMax = deps.limits.dependencySpansMax;
  const links = await dependencyLinks(deps.ask, { ...question, spansMax });
  if (links !== undefined) return links;
  const counted = await countedLinks(deps, question);
  if (counted.length > 0) return counted;
  throw new Refusal(
    `the range holds more than ${spansMax} spans, limits.query.dependencySpansMax, and the service graph has counted no requests in it; shorten lookback`,
    { code: 'QUERY_TOO_LARGE' },
  );
}

/** Requests are counted when their spans come (receive/spanmetrics), which is when they happened or a little later. */
async function countedLinks(
  { promql }: JaegerDeps,
  question: Omit<DependenciesQuestion, 'spansMax'>,
): Promise<DependencyLink[]> {
  const { tenant, signal, startMs, endMs } = question;
  const requests = `traces_service_graph_request_total{connection_type=~"|messaging_system"}`;
  const text = `sum by (client, server) (increase(${requests}[${Math.max(1, endMs - startMs)}ms]))`;
  const { value } = await promql.instant({ tenant, text, timeMs: endMs, signal });
  if (value.kind !== 'vector') return [];
  return value.labels
    .map((labels, i) => ({
      parent: labelValue(labels, 'client'),
      child: labelValue(labels, 'server'),
      calls: Math.round(value.values[i] ?? 0),
    }))
    .filter(({ parent, child, calls }) => parent !== child && parent !== '' && calls > 0)
    .sort((a, b) => b.calls - a.calls);
}
