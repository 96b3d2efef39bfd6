/** How much each section does: the full size is what the requirements ask for, the quick one shows that it works. */
import type { MetricsPlan } from './metrics-set.ts';

export interface Scale {
  readonly name: 'full' | 'quick';
  readonly ingestSeconds: number;
  readonly idleSeconds: number;
  readonly logLines: number;
  readonly spans: number;
  /** A day, or as much of it as there is time for. */
  readonly series10k: MetricsPlan;
  readonly series100k: MetricsPlan;
  readonly listedSeries: number;
  /** For remote write's CPU, and how long after them the merges are counted too. */
  readonly writtenSamples: number;
  readonly writtenRestMs: number;
  /** How many alert rules, and for how long they are watched, after so long. */
  readonly rules: readonly number[];
  readonly rulesSeconds: number;
  readonly rulesWarmUpSeconds: number;
  readonly repeats: number;
}

export const full: Scale = {
  name: 'full',
  ingestSeconds: 60,
  idleSeconds: 60,
  logLines: 20_000_000,
  spans: 10_000_000,
  series10k: { instances: 40, hours: 24, stepMs: 30_000 },
  series100k: { instances: 400, hours: 24, stepMs: 60_000 },
  listedSeries: 1_000_000,
  writtenSamples: 20_000_000,
  writtenRestMs: 20_000,
  rules: [1_000, 10_000],
  rulesSeconds: 90,
  rulesWarmUpSeconds: 35,
  repeats: 9,
};

export const quick: Scale = {
  name: 'quick',
  ingestSeconds: 6,
  idleSeconds: 6,
  logLines: 300_000,
  spans: 200_000,
  series10k: { instances: 40, hours: 3, stepMs: 30_000 },
  series100k: { instances: 400, hours: 2, stepMs: 60_000 },
  listedSeries: 50_000,
  writtenSamples: 1_000_000,
  writtenRestMs: 5_000,
  rules: [200],
  rulesSeconds: 20,
  rulesWarmUpSeconds: 16,
  repeats: 3,
};
