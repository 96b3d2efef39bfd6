/**
 * The loader's process: keeps one request of every lane in flight, counts what was acknowledged, and reports. It is a
 * process of its own so that its CPU is not counted as the server's.
 */
import { Agent, request } from 'node:http';
import { type ListingsPlan, listingsSource } from './listings.ts';
import { type LogsPlan, logsSource } from './logs.ts';
import { type RemoteWritePlan, remoteWriteSource } from './remote-write.ts';
import type { Body, Source } from './source.ts';
import { type SpansPlan, spansSource } from './spans.ts';

export type LoadPlan = {
  readonly url: string;
  /** Replaces the source's usual path. */
  readonly path?: string;
  /** No request is begun later than this after the first. */
  readonly secondsMax: number;
  readonly itemsMax: number;
  /** How many requests a lane may be ahead of the slowest one. Prometheus takes samples at most an hour late. */
  readonly leadMax: number;
} & (
  | { readonly kind: 'samples'; readonly plan: RemoteWritePlan }
  | { readonly kind: 'listings'; readonly plan: ListingsPlan }
  | { readonly kind: 'spans'; readonly plan: SpansPlan }
  | { readonly kind: 'logs'; readonly plan: LogsPlan }
);

export interface LoadReport {
  readonly seconds: number;
  readonly requests: number;
  /** Items of requests that were answered 2xx. */
  readonly acknowledged: number;
  readonly refused: number;
  /** Requests answered 429 or 503, which were sent again until taken. */
  readonly retries: number;
  readonly firstRefusal?: string;
  readonly bytesSent: number;
  readonly ackMsP50: number;
  readonly ackMsP99: number;
  readonly ackMsMax: number;
  readonly loaderCpuSeconds: number;
}

const retryMs = 250;

class Load {
  private readonly agent: Agent;
  private readonly source: Source;
  private readonly plan: LoadPlan;
  private readonly ackMs: number[] = [];
  private readonly sent: number[];
  private readonly waiting: (() => void)[] = [];
  private begun = 0;
  private acknowledged = 0;
  private refused = 0;
  private retries = 0;
  private bytesSent = 0;
  private firstRefusal: string | undefined;

  constructor(plan: LoadPlan) {
    this.plan = plan;
    this.source = sourceOf(plan);
    this.sent = this.source.lanes.map(() => 0);
    this.agent = new Agent({ keepAlive: true, maxSockets: this.source.lanes.length });
  }

  async run(): Promise<LoadReport> {
    const cpu = process.cpuUsage();
    const startMs = performance.now();
    const untilMs = startMs + this.plan.secondsMax * 1000;
    await Promise.all(this.source.lanes.map((lane, index) => this.drive(lane, index, untilMs)));
    const seconds = (performance.now() - startMs) / 1000;
    const used = process.cpuUsage(cpu);
    this.agent.destroy();
    const sorted = Float64Array.from(this.ackMs).sort();
    return {
      seconds,
      requests: sorted.length,
      acknowledged: this.acknowledged,
      refused: this.refused,
      retries: this.retries,
      firstRefusal: this.firstRefusal,
      bytesSent: this.bytesSent,
      ackMsP50: sorted[Math.floor(sorted.length * 0.5)] ?? 0,
      ackMsP99: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
      ackMsMax: sorted.at(-1) ?? 0,
      loaderCpuSeconds: (used.user + used.system) / 1e6,
    };
  }

  private async drive(next: () => Body | undefined, lane: number, untilMs: number): Promise<void> {
    while (performance.now() < untilMs && this.begun < this.plan.itemsMax) {
      while ((this.sent[lane] ?? 0) - Math.min(...this.sent) >= this.plan.leadMax) await this.progress();
      const body = next();
      if (!body) break;
      this.begun += body.items;
      await this.deliver(body);
      this.sent[lane] = (this.sent[lane] ?? 0) + 1;
      this.wake();
    }
    this.sent[lane] = Number.POSITIVE_INFINITY;
    this.wake();
  }

  private progress(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private wake(): void {
    for (const resume of this.waiting.splice(0)) resume();
  }

  private async deliver({ bytes, items }: Body): Promise<void> {
    for (;;) {
      const beganMs = performance.now();
      const { status, text } = await this.post(bytes);
      this.ackMs.push(performance.now() - beganMs);
      this.bytesSent += bytes.length;
      if (status >= 200 && status < 300) {
        this.acknowledged += items;
        return;
      }
      this.firstRefusal ??= `${status} ${text.slice(0, 300)}`;
      if (status !== 429 && status !== 503) {
        this.refused += items;
        return;
      }
      this.retries++;
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }

  private post(bytes: Buffer): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const options = {
        method: 'POST',
        agent: this.agent,
        headers: { ...this.source.headers, 'content-length': bytes.length },
      };
      const call = request(`${this.plan.url}${this.plan.path ?? this.source.path}`, options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
        response.on('error', reject);
      });
      call.on('error', reject);
      call.end(bytes);
    });
  }
}

function sourceOf(plan: LoadPlan): Source {
  switch (plan.kind) {
    case 'samples':
      return remoteWriteSource(plan.plan);
    case 'listings':
      return listingsSource(plan.plan);
    case 'spans':
      return spansSource(plan.plan);
    case 'logs':
      return logsSource(plan.plan);
  }
}

process.on('message', (plan: LoadPlan) => {
  new Load(plan).run().then(
    (report) => process.send?.(report, () => process.exit(0)),
    (error: Error) => {
      console.error(`the loader stopped: ${error.stack}`);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit(1));
