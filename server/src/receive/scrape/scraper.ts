/** All jobs of a scrape configuration at work. */

import { printDurationMs } from '@farol/promql';
import type { Clock, Ledger } from '#kit';
import type { Labels, Limits, SeriesRef } from '#model';
import type { WriteBatch } from '#store';
import type { ReceiveBudget } from '../budget.ts';
import type { ScrapeConfig } from './config/index.ts';
import type { IntakeDeps } from './intake.ts';
import type { TargetStatus } from './loop.ts';
import { createMetadataMemory } from './metadata.ts';
import { Pool, type PoolDeps } from './pool.ts';
import type { Target } from './target.ts';

export interface ScraperDeps {
  readonly config: ScrapeConfig;
  readonly tenant: string;
  readonly write: (batch: WriteBatch) => Promise<unknown>;
  readonly intern: (tenant: string, labels: Labels) => SeriesRef;
  readonly forgets?: () => number;
  readonly ledger: Ledger;
  readonly limits: Pick<Limits, 'scrape' | 'receive'>;
  readonly clock: Clock;
  /** Shared with the other receivers. */
  readonly budget: ReceiveBudget;
}

export interface Scraper {
  /** As `/api/v1/targets` shows them; pools in the order of their names. */
  targets(): ScrapeTargets;
  /** Goes on with another configuration; targets in both keep their series. */
  reload(config: ScrapeConfig): Promise<void>;
  /** Stops. Series are not marked stale: Farol will be back, and the gap says the rest. */
  close(): Promise<void>;
}

export interface ScrapeTargets {
  readonly activeTargets: readonly ActiveScrapeTarget[];
  readonly droppedTargets: readonly { readonly discoveredLabels: Labels; readonly scrapePool: string }[];
  readonly droppedTargetCounts: Readonly<Record<string, number>>;
  readonly pools: readonly string[];
}

interface ActiveScrapeTarget extends TargetStatus {
  readonly discoveredLabels: Labels;
  readonly labels: Labels;
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly scrapeInterval: string;
  readonly scrapeTimeout: string;
}

export function createScraper(deps: ScraperDeps): Scraper {
  const pools = new Map<string, Pool>();
  const intake: IntakeDeps = { ...deps, limits: deps.limits.receive, metadata: createMetadataMemory() };
  const poolDeps: PoolDeps = { clock: deps.clock, limits: deps.limits.scrape, budget: deps.budget, intake, room };

  function room(): number {
    let left = deps.limits.scrape.targetsMax;
    for (const pool of pools.values()) left -= pool.size;
    return left;
  }

  async function apply({ jobs }: ScrapeConfig): Promise<void> {
    const names = new Set(jobs.map(({ name }) => name));
    const gone = [...pools].filter(([name]) => !names.has(name));
    for (const [name] of gone) pools.delete(name);
    await Promise.all(gone.map(([, pool]) => pool.close({ gone: true })));
    for (const job of jobs) {
      const pool = pools.get(job.name);
      if (pool) await pool.reload(job);
      else pools.set(job.name, new Pool(job, poolDeps));
    }
  }

  /** Reloads, and the end, come one after the other. */
  let turn = apply(deps.config);
  const next = (step: () => Promise<void>): Promise<void> => {
    turn = turn.then(step);
    return turn;
  };

  return {
    targets: () => targetsOf([...pools.values()].sort((a, b) => (a.job.name < b.job.name ? -1 : 1))),
    reload: (config) => next(() => apply(config)),
    close: () =>
      next(async () => {
        await Promise.all([...pools.values()].map((pool) => pool.close({ gone: false })));
        pools.clear();
      }),
  };
}

function targetsOf(pools: readonly Pool[]): ScrapeTargets {
  return {
    pools: pools.map(({ job }) => job.name),
    activeTargets: pools.flatMap((pool) =>
      [...pool.loops].map(({ target, status }) => activeTarget(pool.job.name, target, status)),
    ),
    droppedTargets: pools.flatMap(({ job, dropped }) =>
      dropped.labels.map((discoveredLabels) => ({ discoveredLabels, scrapePool: job.name })),
    ),
    droppedTargetCounts: Object.fromEntries(pools.map(({ job, dropped }) => [job.name, dropped.count])),
  };
}

function activeTarget(scrapePool: string, target: Target, status: TargetStatus): ActiveScrapeTarget {
  return {
    ...status,
    discoveredLabels: target.discovered,
    labels: target.labels,
    scrapePool,
    scrapeUrl: target.url,
    scrapeInterval: printDurationMs(target.intervalMs),
    scrapeTimeout: printDurationMs(target.timeoutMs),
  };
}
