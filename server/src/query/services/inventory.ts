/** Which services have which of the metrics that Farol understands, and what `target_info` says of them. */
import { type Sql, sql, text, texts } from '#store';
import type { Ask } from '../stored/index.ts';

export interface MetricService {
  readonly service: string;
  /** Whether its series carry `service_name`; otherwise `job` names it. */
  readonly named: boolean;
  readonly metrics: ReadonlySet<string>;
  readonly about: ServiceFacts;
}

export interface ServiceFacts {
  readonly namespace: string;
  readonly environment: string;
  readonly language: string;
  readonly version: string;
}

export const noFacts: ServiceFacts = { namespace: '', environment: '', language: '', version: '' };

interface InventoryRow extends ServiceFacts {
  readonly service: string;
  readonly job: string;
  readonly metrics: readonly string[];
}

export async function inventoryOf(
  ask: Ask,
  question: { readonly tenant: string; readonly metrics: readonly string[]; readonly signal: AbortSignal },
): Promise<Map<string, MetricService>> {
  const rows = await ask<InventoryRow>(inventorySql(question.tenant, question.metrics), { signal: question.signal });
  const services = new Map<string, MetricService>();
  for (const row of rows) {
    const service = row.service === '' ? row.job : row.service;
    if (service === '') continue;
    const known = services.get(service);
    services.set(service, {
      service,
      named: (known?.named ?? false) || row.service !== '',
      metrics: new Set([...(known?.metrics ?? []), ...row.metrics]),
      about: factsOver(known?.about ?? noFacts, row),
    });
  }
  return services;
}

/** The newest series of each service tells its facts: a version changes, and its old series stay for weeks. */
export function inventorySql(tenant: string, metrics: readonly string[]): Sql {
  const environment = sql`if(labels['deployment_environment_name'] != '', labels['deployment_environment_name'], labels['deployment_environment'])`;
  const newest = (value: Sql): Sql => sql`argMaxIf(${value}, seen, ${value} != '')`;
  return sql`SELECT labels['service_name'] AS service, labels['job'] AS job, groupUniqArray(toString(metric)) AS metrics,
  ${newest(sql`labels['service_namespace']`)} AS namespace, ${newest(environment)} AS environment,
  ${newest(sql`labels['telemetry_sdk_language']`)} AS language, ${newest(sql`labels['service_version']`)} AS version
FROM series
WHERE tenant = ${text(tenant)} AND metric IN ${texts([...metrics, 'target_info'])}
GROUP BY service, job
LIMIT 10000`;
}

function factsOver(known: ServiceFacts, row: ServiceFacts): ServiceFacts {
  return {
    namespace: row.namespace || known.namespace,
    environment: row.environment || known.environment,
    language: row.language || known.language,
    version: row.version || known.version,
  };
}
