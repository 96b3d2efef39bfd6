/** One target, scraped on time until it is told to stop. */
import { type Clock, histogram } from '#kit';
import type { Limits } from '#model';
import { BodyTooLarge, type Client } from './client.ts';
import type { ScrapeJob } from './config/index.ts';
import { ExpositionProblem } from './exposition/index.ts';
import { acceptHeader, bodyOf } from './format.ts';
import type { Intake } from './intake.ts';
import { offsetMs, type Target } from './target.ts';

export interface TargetStatus {
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
  /** 0 until the first scrape. */
  readonly lastScrapeMs: number;
  readonly lastScrapeDurationSeconds: number;
}

export interface LoopDeps {
  readonly job: ScrapeJob;
  readonly target: Target;
  readonly client: Client;
  readonly intake: Intake;
  readonly limits: Limits['scrape'];
  readonly clock: Clock;
  /** Why no target of this job is scraped at the moment, if so (target_limit). */
  readonly forcedError: () => string | undefined;
}

/** Scrapes land on the same beat as long as the timers are this exact, which compresses far better. */
const alignedShareMax = 0.01;

const scrapeSeconds = histogram('farol_scrape_seconds', 'How long scrapes took, until their samples were durable.', [
  'outcome',
]);

export class TargetLoop {
  readonly #stop = new AbortController();
  readonly #deps: LoopDeps;
  readonly #done: Promise<void>;
  #status: TargetStatus = { health: 'unknown', lastError: '', lastScrapeMs: 0, lastScrapeDurationSeconds: 0 };

  constructor(deps: LoopDeps) {
    this.#deps = deps;
    this.#done = this.#run();
  }

  get target(): Target {
    return this.#deps.target;
  }

  get intake(): Intake {
    return this.#deps.intake;
  }

  get status(): TargetStatus {
    return this.#status;
  }

  /** Resolves when nothing is in flight any more. An interrupted scrape leaves no trace. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('the scrape loop was stopped'));
    await this.#done;
  }

  async #run(): Promise<void> {
    const { clock, target } = this.#deps;
    const { signal } = this.#stop;
    const { intervalMs } = target;
    let beatMs = offsetMs(target, clock.nowMs());
    let dueMs = clock.nowMs() + beatMs;
    beatMs += clock.tickMs();
    while (!signal.aborted) {
      try {
        await clock.sleep(Math.max(0, beatMs - clock.tickMs()), signal);
      } catch {
        return; // Only the stop signal ends a sleep.
      }
      const nowMs = clock.nowMs();
      const isOnBeat = Math.abs(nowMs - dueMs) <= intervalMs * alignedShareMax;
      if (!isOnBeat) dueMs = nowMs;
      await this.#scrape(dueMs);
      // A machine that slept, or a slow scrape, skips the beats it missed.
      const missed = Math.max(0, Math.ceil((clock.tickMs() - beatMs) / intervalMs) - 1);
      beatMs += intervalMs * (1 + missed);
      dueMs += intervalMs * (1 + missed);
    }
  }

  async #scrape(scrapeMs: number): Promise<void> {
    const { clock, target, intake, forcedError } = this.#deps;
    const startMs = clock.tickMs();
    const seconds = () => (clock.tickMs() - startMs) / 1000;
    const outcome = await this.#attempt(scrapeMs, forcedError());
    if (this.#stop.signal.aborted) return;
    const durationSeconds = seconds();
    const about = { durationSeconds, timeoutSeconds: target.timeoutMs / 1000 };
    this.#status = {
      health: outcome.kind === 'up' ? 'up' : 'down',
      lastError: outcome.kind === 'up' ? '' : outcome.problem,
      lastScrapeMs: scrapeMs,
      lastScrapeDurationSeconds: durationSeconds,
    };
    if (outcome.kind === 'up') await intake.accept(outcome.body, scrapeMs, { ...about, bodyBytes: outcome.bytes });
    else {
      const { reason, problem, scraped, relabelled, bytes } = outcome;
      await intake.fail(
        scrapeMs,
        { ...about, scraped, relabelled, seriesAdded: 0, bodyBytes: bytes },
        { reason, problem },
      );
    }
    scrapeSeconds.observe({ outcome: outcome.kind }, seconds());
  }

  async #attempt(scrapeMs: number, forced: string | undefined): Promise<Outcome> {
    if (forced !== undefined) return down('target_limit', forced);
    const { job, intake } = this.#deps;
    try {
      const fetched = await this.#fetch();
      const bytes = fetched.body.length;
      const body = await intake.read(bodyOf(fetched.contentType, fetched.body, job), scrapeMs);
      if (job.samplesMax === 0 || body.relabelled <= job.samplesMax) return { kind: 'up', body, bytes };
      const { scraped, relabelled } = body;
      const problem = `sample limit exceeded: ${relabelled} samples after relabelling, sample_limit is ${job.samplesMax}`;
      return { kind: 'down', reason: 'sample_limit', problem, scraped, relabelled, bytes };
    } catch (error) {
      if (error instanceof ExpositionProblem) return down('not_parsed', error.message);
      if (error instanceof BodyTooLarge) return { ...down('body_size_limit', error.message), bytes: -1 };
      return down('not_reached', describe(error));
    }
  }

  async #fetch() {
    const { job, target, client, limits } = this.#deps;
    const late = AbortSignal.timeout(target.timeoutMs);
    const own = job.bodyBytesMax > 0 && job.bodyBytesMax < limits.bodyBytesMax;
    try {
      return await client.fetchBody({
        url: target.url,
        headers: {
          accept: acceptHeader(job),
          'accept-encoding': job.compression ? 'gzip' : 'identity',
          'user-agent': 'Farol',
          'x-prometheus-scrape-timeout-seconds': String(target.timeoutMs / 1000),
        },
        bodyBytesMax: own ? job.bodyBytesMax : limits.bodyBytesMax,
        limitName: own ? 'body_size_limit' : 'scrape.bodyBytesMax',
        signal: AbortSignal.any([late, this.#stop.signal]),
      });
    } catch (error) {
      if (late.aborted)
        throw new Error(`context deadline exceeded: no whole answer within ${target.timeoutMs} ms (scrape_timeout)`);
      throw error;
    }
  }
}

type Outcome =
  | { readonly kind: 'up'; readonly body: Awaited<ReturnType<Intake['read']>>; readonly bytes: number }
  | {
      readonly kind: 'down';
      readonly reason: string;
      readonly problem: string;
      readonly scraped: number;
      readonly relabelled: number;
      readonly bytes: number;
    };

function down(reason: string, problem: string): Outcome & { kind: 'down' } {
  return { kind: 'down', reason, problem, scraped: 0, relabelled: 0, bytes: 0 };
}

/** Node wraps a refused connection on two address families into one error without a message. */
function describe(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(describe).join('; ');
  return error instanceof Error ? error.message : String(error);
}
