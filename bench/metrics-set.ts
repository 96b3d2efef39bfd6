/**
 * A day of samples of many series, held by Farol and, where they are installed, by Prometheus and VictoriaMetrics: fed
 * once, to all of them at the same time, and shared by the sections that ask about it.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { get } from './http.ts';
import { type LoadReport, load, roundsPerRequest } from './load/index.ts';
import { type Product, type SignalStatus, settled, startProduct } from './product.ts';
import { startPrometheus } from './prometheus.ts';
import { type MetricsServer, newDataDir, type Rival, removeDataDir } from './server.ts';
import { startVictoria } from './victoria.ts';

export interface MetricsPlan {
  readonly instances: number;
  readonly hours: number;
  readonly stepMs: number;
}

export interface Times {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly stepMs: number;
}

const shards = 50;
const writePath = '/api/v1/write';

export class MetricsSet {
  readonly plan: MetricsPlan;
  readonly times: Times;
  /** Present where installed. */
  readonly prometheus?: Rival;
  readonly victoria?: Rival;
  /** By the server's name. */
  readonly fed: Readonly<Record<string, LoadReport>>;
  readonly size: SignalStatus;
  private readonly dir: string;
  private running: Product;
  private isTablesAlone = false;

  private constructor(made: Pick<MetricsSet, 'plan' | 'times' | 'prometheus' | 'victoria' | 'fed' | 'size'> & Held) {
    this.plan = made.plan;
    this.times = made.times;
    if (made.prometheus) this.prometheus = made.prometheus;
    if (made.victoria) this.victoria = made.victoria;
    this.fed = made.fed;
    this.size = made.size;
    this.dir = made.dir;
    this.running = made.farol;
  }

  static async feed(plan: MetricsPlan): Promise<MetricsSet> {
    const dir = await newDataDir();
    const rivals: Rival[] = [];
    const opened: Product[] = [];
    try {
      const [prometheus, victoria] = [await startPrometheus(), await startVictoria()];
      for (const rival of [prometheus, victoria]) if (rival) rivals.push(rival);
      const farol = await startProduct(dir);
      opened.push(farol);
      const times = timesOf(plan);
      const fed = await Promise.all([farol, ...rivals].map((server) => feed(server, plan, times)));
      if (victoria) await get(`${victoria.api}/internal/force_flush`);
      const size = await settled(farol, 'metrics');
      return new MetricsSet({ plan, times, prometheus, victoria, fed: Object.fromEntries(fed), size, dir, farol });
    } catch (error) {
      for (const one of [...opened, ...rivals]) await one.stop();
      await removeDataDir(dir);
      throw error;
    }
  }

  /** Restarted first if it now runs the other way. Without recent samples in memory, all is answered from the tables. */
  async farol({ tablesAlone = false } = {}): Promise<Product> {
    if (this.isTablesAlone !== tablesAlone) await this.restart(tablesAlone);
    return this.running;
  }

  /** Returns how long the stop took; the start is told by the product. */
  async restart(tablesAlone = false): Promise<{ farol: Product; stopMs: number }> {
    const beganMs = performance.now();
    await this.running.stop();
    const stopMs = performance.now() - beganMs;
    const config = join(this.dir, 'tables-alone.yaml');
    await writeFile(config, 'limits: { store: { recentMs: 1 } }\n');
    this.running = await startProduct(this.dir, tablesAlone ? ['--config', config] : []);
    this.isTablesAlone = tablesAlone;
    return { farol: this.running, stopMs };
  }

  rivals(): Rival[] {
    return [this.prometheus, this.victoria].filter((rival) => rival !== undefined);
  }

  writeUrls(): string[] {
    return [this.running, ...this.rivals()].map(({ api }) => `${api}${writePath}`);
  }

  async close(): Promise<void> {
    await this.running.stop();
    for (const rival of this.rivals()) await rival.stop();
    await removeDataDir(this.dir);
  }
}

interface Held {
  readonly dir: string;
  readonly farol: Product;
}

/** Whole requests, so that all hold the same; the last sample is of about now. */
function timesOf({ instances, hours, stepMs }: MetricsPlan): Times {
  const perRequest = roundsPerRequest({ instances, shards });
  const rounds = Math.ceil((hours * 3_600_000) / stepMs / perRequest) * perRequest;
  const lastMs = Math.floor(Date.now() / stepMs) * stepMs;
  return { firstMs: lastMs - (rounds - 1) * stepMs, lastMs, stepMs };
}

async function feed(server: MetricsServer, { instances }: MetricsPlan, times: Times): Promise<[string, LoadReport]> {
  const report = await load({
    url: server.api,
    path: writePath,
    kind: 'samples',
    secondsMax: 3_600,
    itemsMax: Number.MAX_SAFE_INTEGER,
    leadMax: 6,
    plan: { instances, shards, ...times },
  });
  if (report.refused > 0) throw new Error(`${server.name} refused ${report.refused} samples: ${report.firstRefusal}`);
  return [server.name, report];
}
