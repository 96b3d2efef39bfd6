/** http_sd_configs: target groups from an endpoint, as JSON. */

import { log } from '#kit';
import type { ReceiveBudget } from '../../budget.ts';
import { createClient } from '../client.ts';
import type { DiscoveryConfig } from '../config/index.ts';
import { readGroups } from './groups.ts';
import { type Discover, every } from './runner.ts';

const bodyBytesMax = 32 * 1024 * 1024;
const jsonType = /^application\/json(;\s*charset=("utf-8"|utf-8))?$/i;

export function discoverHttp(budget: ReceiveBudget): Discover<DiscoveryConfig & { kind: 'http' }> {
  return async ({ url, refreshMs, http }, { clock, signal, update }) => {
    using client = createClient(http, budget);

    async function refresh(): Promise<void> {
      try {
        const answer = await client.fetchText({
          url,
          headers: {
            accept: 'application/json',
            'accept-encoding': 'gzip',
            'user-agent': 'Farol',
            'x-prometheus-refresh-interval-seconds': String(refreshMs / 1000),
          },
          bodyBytesMax,
          limitName: 'http_sd_configs',
          signal: AbortSignal.any([signal, AbortSignal.timeout(refreshMs)]),
        });
        if (!jsonType.test(answer.contentType.trim())) {
          throw new Error(`unsupported content type ${JSON.stringify(answer.contentType)}`);
        }
        update(readGroups(JSON.parse(answer.text), url, ['__meta_url', url]));
      } catch (error) {
        // The last groups stay in force: an endpoint that is down must not take the targets down.
        if (!signal.aborted)
          log.warn({ url: withoutUser(url), problem: (error as Error).message }, 'http_sd_configs: no answer');
      }
    }

    await every(refreshMs, refresh, { clock, signal });
  };
}

function withoutUser(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
