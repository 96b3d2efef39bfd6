/** One job: its discoveries, the targets they found, a loop for each. */

import { log } from '#kit';
import type { Labels } from '#model';
import type { ReceiveBudget } from '../budget.ts';
import { type Client, createClient } from './client.ts';
import type { DiscoveryConfig, ScrapeJob, TargetGroup } from './config/index.ts';
import { discoverDns } from './discovery/dns.ts';
import { discoverFiles } from './discovery/file.ts';
import { discoverHttp } from './discovery/http.ts';
import type { DiscoverDeps } from './discovery/runner.ts';
import { createIntake, type Intake, type IntakeDeps } from './intake.ts';
import { type LoopDeps, TargetLoop } from './loop.ts';
import { populate, type Target } from './target.ts';

export interface PoolDeps extends Pick<LoopDeps, 'clock' | 'limits'> {
  readonly intake: IntakeDeps;
  readonly budget: ReceiveBudget;
  /** How many more targets may be scraped, over all jobs. */
  readonly room: () => number;
}

export class Pool {
  readonly #deps: PoolDeps;
  #job: ScrapeJob;
  #client: Client;
  #discovery = new AbortController();
  #discovering: Promise<unknown> = Promise.resolve();
  readonly #groups = new Map<number, readonly TargetGroup[]>();
  readonly #loops = new Map<string, TargetLoop>();
  #dropped: Labels[] = [];
  #droppedCount = 0;
  #problem: string | undefined;
  /** Changes to the set of loops happen one after the other. */
  #turn: Promise<void> = Promise.resolve();

  constructor(job: ScrapeJob, deps: PoolDeps) {
    this.#job = job;
    this.#deps = deps;
    this.#client = createClient(job.http, deps.budget);
    this.#discover();
  }

  get job(): ScrapeJob {
    return this.#job;
  }

  get loops(): Iterable<TargetLoop> {
    return this.#loops.values();
  }

  get size(): number {
    return this.#loops.size;
  }

  get dropped(): { readonly labels: readonly Labels[]; readonly count: number } {
    return { labels: this.#dropped, count: this.#droppedCount };
  }

  /** Goes on with another configuration of the same job; targets that stay keep their series. */
  async reload(job: ScrapeJob): Promise<void> {
    await this.#endDiscovery();
    await this.#turn;
    const keepsLabels = sameLabelling(this.#job, job);
    const intakes = new Map<string, Intake>();
    await Promise.all([...this.#loops.values()].map((loop) => loop.stop()));
    for (const [key, { intake }] of this.#loops) {
      if (!keepsLabels) intake.follow(job);
      intakes.set(key, intake);
    }
    this.#loops.clear();
    this.#groups.clear();
    this.#client[Symbol.dispose]();
    this.#job = job;
    this.#client = createClient(job.http, this.#deps.budget);
    this.#discover(intakes);
  }

  /** With `gone`, the job was removed and its series go stale; without, Farol stops and will be back. */
  async close({ gone }: { gone: boolean }): Promise<void> {
    await this.#endDiscovery();
    await this.#turn;
    await Promise.all([...this.#loops.values()].map((loop) => this.#end(loop, gone)));
    this.#loops.clear();
    this.#client[Symbol.dispose]();
  }

  async #endDiscovery(): Promise<void> {
    this.#discovery.abort();
    await this.#discovering;
  }

  #discover(intakes: ReadonlyMap<string, Intake> = new Map()): void {
    this.#discovery = new AbortController();
    const { signal } = this.#discovery;
    const waiting = new Set(this.#job.discoveries.keys());
    const leftovers = new Map(intakes);
    this.#discovering = Promise.all(
      this.#job.discoveries.map((config, i) => {
        const update = (groups: readonly TargetGroup[]) => {
          if (signal.aborted) return;
          this.#groups.set(i, groups);
          waiting.delete(i);
          this.#sync(leftovers, waiting.size === 0);
        };
        return startDiscovery(config, { clock: this.#deps.clock, signal, update }, this.#deps.budget);
      }),
    );
    if (this.#job.discoveries.length === 0) this.#sync(leftovers, true);
  }

  #sync(leftovers: Map<string, Intake>, isComplete: boolean): void {
    this.#turn = this.#turn
      .then(() => this.#apply(leftovers, isComplete))
      .catch((error: unknown) => log.error({ err: error, job: this.#job.name }, 'targets could not be updated'));
  }

  async #apply(leftovers: Map<string, Intake>, isComplete: boolean): Promise<void> {
    const wanted = this.#wantedTargets();
    const ended = [...this.#loops].filter(([key]) => !wanted.has(key));
    for (const [key] of ended) this.#loops.delete(key);
    await Promise.all(ended.map(([, loop]) => this.#end(loop, true)));
    let refused = 0;
    for (const [key, target] of wanted) {
      if (this.#loops.has(key)) continue;
      if (this.#deps.room() <= 0) refused++;
      else this.#loops.set(key, this.#start(target, leftovers.get(key)));
      leftovers.delete(key);
    }
    if (refused > 0) {
      log.warn(
        { job: this.#job.name, refused },
        `scrape.targetsMax is ${this.#deps.limits.targetsMax}; the rest is not scraped`,
      );
    }
    this.#checkLimit();
    if (!isComplete) return;
    // Every discovery has spoken: what was scraped before the reload and is not wanted any more is gone.
    await Promise.all([...leftovers.values()].map((intake) => intake.end(this.#deps.clock.nowMs())));
    leftovers.clear();
  }

  #start(target: Target, intake: Intake | undefined): TargetLoop {
    const job = this.#job;
    return new TargetLoop({
      ...this.#deps,
      job,
      target,
      client: this.#client,
      intake: intake ?? createIntake(this.#deps.intake, { sender: job.name, labels: target.labels, rules: job }),
      forcedError: () => this.#problem,
    });
  }

  async #end(loop: TargetLoop, gone: boolean): Promise<void> {
    await loop.stop();
    if (gone) await loop.intake.end(this.#deps.clock.nowMs());
  }

  #wantedTargets(): Map<string, Target> {
    const wanted = new Map<string, Target>();
    const dropped: Labels[] = [];
    for (const { targets, labels, source } of [...this.#groups.values()].flat()) {
      for (const own of targets) {
        const found = populate(this.#job, own, labels);
        if (found.kind === 'active') wanted.set(found.target.key, found.target);
        else dropped.push(found.discovered);
        if (found.kind === 'invalid')
          log.warn({ job: this.#job.name, source, problem: found.problem }, 'a target cannot be scraped');
      }
    }
    this.#droppedCount = dropped.length;
    const max = this.#job.droppedTargetsMax;
    this.#dropped = max > 0 ? dropped.slice(0, max) : dropped;
    return wanted;
  }

  #checkLimit(): void {
    const { targetsMax } = this.#job;
    const isOver = targetsMax > 0 && this.#loops.size > targetsMax;
    this.#problem = isOver
      ? `target_limit exceeded (number of targets: ${this.#loops.size}, limit: ${targetsMax})`
      : undefined;
  }
}

function startDiscovery(config: DiscoveryConfig, deps: DiscoverDeps, budget: ReceiveBudget): Promise<void> {
  switch (config.kind) {
    case 'static':
      deps.update(config.groups);
      return Promise.resolve();
    case 'file':
      return discoverFiles(config, deps);
    case 'http':
      return discoverHttp(budget)(config, deps);
    case 'dns':
      return discoverDns(config, deps);
  }
}

/** Whether series would get the labels they have. */
function sameLabelling(before: ScrapeJob, after: ScrapeJob): boolean {
  const facts = (job: ScrapeJob) => [
    job.honorLabels,
    job.honorTimestamps,
    job.trackTimestampsStaleness,
    job.legacyNames,
    job.extraMetrics,
    job.samplesMax,
    job.nativeHistograms,
    job.classicHistogramsToo,
    job.customBuckets,
    job.nativeBucketsMax,
    job.nativeFactorMin,
    job.labelsMax,
    job.labelNameBytesMax,
    job.labelValueBytesMax,
    job.metricRelabelRules.map((rule) => ({ ...rule, regex: rule.pattern, modulus: String(rule.modulus) })),
  ];
  return JSON.stringify(facts(before)) === JSON.stringify(facts(after));
}
