/** What the Prometheus API asks of the rest of Farol. */
import type { Clock } from '#kit';
import type { Labels, Limits } from '#model';
import type { Promql } from '#query/promql';
import type { DeriveQuestion } from '#query/services';
import type { ExemplarsOfSeries, MetricReader } from '#store';
import type { RuleGroup } from './rules.ts';

export interface PrometheusDeps {
  readonly promql: Promql;
  readonly metrics: MetricReader;
  /** Exemplars for histograms that have none stored; none when absent. */
  readonly deriveExemplars?: (question: DeriveQuestion) => Promise<ExemplarsOfSeries[]>;
  /** How long series are kept after their last sample. */
  readonly retentionMs: number;
  readonly targets: () => Targets;
  /** The rules of a tenant, by file and name; none when absent. */
  readonly rules?: (tenant: string) => readonly RuleGroup[];
  /** The scrape configuration in force, as YAML, secrets hidden. */
  readonly configText: () => string;
  readonly flags: Readonly<Record<string, string>>;
  readonly buildInfo: BuildInfo;
  readonly runtime: () => Runtime;
  readonly limits: Limits['query'];
  readonly clock: Clock;
}

/** As `/status/buildinfo` answers. Grafana reads the version to know what it may ask. */
interface BuildInfo {
  readonly version: string;
  readonly revision: string;
  readonly branch: string;
  readonly buildUser: string;
  readonly buildDate: string;
  readonly goVersion: string;
}

interface Runtime {
  readonly startedMs: number;
  /** When the scrape configuration was last read, and whether that went well. */
  readonly configLoadedMs: number;
  readonly configOk: boolean;
  /** `15d` */
  readonly retention: string;
  /** Broken parts that the store set aside at start. */
  readonly corruptions: number;
}

export interface Targets {
  readonly activeTargets: readonly ActiveTarget[];
  readonly droppedTargets: readonly DroppedTarget[];
  readonly droppedTargetCounts: Readonly<Record<string, number>>;
  readonly pools: readonly string[];
}

export interface ActiveTarget {
  /** Before relabelling. */
  readonly discoveredLabels: Labels;
  readonly labels: Labels;
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly lastError: string;
  /** 0 until the first scrape. */
  readonly lastScrapeMs: number;
  readonly lastScrapeDurationSeconds: number;
  readonly health: 'up' | 'down' | 'unknown';
  readonly scrapeInterval: string;
  readonly scrapeTimeout: string;
}

export interface DroppedTarget {
  readonly discoveredLabels: Labels;
  readonly scrapePool: string;
}
