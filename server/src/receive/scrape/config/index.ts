/** `prometheus.yml` → what Farol scrapes, with promtool's verdicts. Source: Prometheus' config/config.go and its docs. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  anything,
  type ConfigNode,
  entries,
  fields,
  invalid,
  invalidAt,
  isNull,
  list,
  mapOf,
  parseYaml,
  text,
} from '#kit/yamltree';
import { readGlobal } from './global.ts';
import { readJob, type ScrapeJob } from './job.ts';
import { withoutSecrets } from './secrets.ts';

export type { DiscoveryConfig, TargetGroup } from './discoveries.ts';
export type { HttpClientConfig, TlsConfig } from './http.ts';
export type { ScrapeJob } from './job.ts';
export { scrapeProtocols } from './protocols.ts';

export interface ScrapeConfig {
  readonly jobs: readonly ScrapeJob[];
  readonly rules: RuleSettings;
  /** What the file asks for and Farol does not do, as sentences for the log. */
  readonly notes: readonly string[];
  /** The file, secrets hidden. */
  readonly text: string;
}

/** What the file says of rules, which are evaluated elsewhere. */
export interface RuleSettings {
  /** Globs, absolute. */
  readonly files: readonly string[];
  readonly intervalMs?: number;
  readonly queryOffsetMs?: number;
  readonly externalLabels: ReadonlyMap<string, string>;
}

export const noScrapeConfig: ScrapeConfig = {
  jobs: [],
  rules: { files: [], externalLabels: new Map() },
  notes: [],
  text: '',
};

/** Refuses with CONFIG_INVALID; the message names the line, the field and the way out. Files are relative to `baseDir`. */
export function readScrapeConfig(written: string, { baseDir }: { baseDir: string }): ScrapeConfig {
  const root = parseYaml(written);
  const found = fields(root, {
    ...Object.fromEntries(notReadHere.map((name) => [name, anything])),
    global: (at: ConfigNode) => at,
    scrape_configs: (at: ConfigNode) => at,
    scrape_config_files: list(text),
    rule_files: list(text),
  });
  checkForeignSections(root);
  const global = readGlobal(found.global);
  const jobs = [
    ...jobsIn(found.scrape_configs, 'main config file'),
    ...(found.scrape_config_files ?? []).flatMap((pattern) => jobsOfFiles(path.resolve(baseDir, pattern))),
  ].map(({ at, source, folder }) => ({ job: readJob(at, global, folder ?? baseDir), source, at }));
  checkNames(jobs);
  return {
    jobs: jobs.map(({ job }) => job),
    rules: {
      files: (found.rule_files ?? []).map((pattern) => path.resolve(baseDir, pattern)),
      intervalMs: global.evaluation_interval || undefined,
      queryOffsetMs: global.rule_query_offset,
      externalLabels: global.external_labels ?? new Map(),
    },
    notes: [...sectionNotes(root), ...jobs.flatMap(({ job }) => job.notes)],
    text: withoutSecrets(written),
  };
}

const notReadHere = ['alerting', 'remote_write', 'remote_read', 'storage', 'tracing', 'otlp', 'runtime'] as const;

interface JobSource {
  readonly at: ConfigNode;
  readonly source: string;
  readonly folder?: string;
}

function jobsIn(at: ConfigNode | undefined, source: string, folder?: string): JobSource[] {
  if (!at) return [];
  const items = list((item) => item, 'empty or null scrape config section')(at) ?? [];
  return items.map((item) => ({ at: item, source, folder }));
}

function jobsOfFiles(pattern: string): JobSource[] {
  return globSync(pattern)
    .sort()
    .flatMap((file) => {
      const { scrape_configs: jobs } = fields(parseYaml(readConfigFile(file), file), {
        scrape_configs: (at: ConfigNode) => at,
      });
      return jobsIn(jobs, JSON.stringify(file), path.dirname(file));
    });
}

function readConfigFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw invalid(`cannot read ${file}: ${(error as Error).message}`);
  }
}

function checkNames(jobs: readonly { job: ScrapeJob; source: string; at: ConfigNode }[]): void {
  const sources = new Map<string, string>();
  for (const { job, source, at } of jobs) {
    const first = sources.get(job.name);
    if (first !== undefined) {
      throw invalidAt(
        at,
        `found multiple scrape configs with job name ${JSON.stringify(job.name)}, first found in ${first}`,
      );
    }
    sources.set(job.name, source);
  }
}

/** The sections read elsewhere are not judged, but for empty list items, which are always a slip of the pen. */
function checkForeignSections(root: ConfigNode): void {
  for (const [name, at] of entries(root)) {
    if (name === 'alerting') {
      const { alert_relabel_configs: rules, alertmanagers } = sectionFields(at);
      if (rules) list(anything, 'empty or null alert relabeling rule')(rules);
      for (const item of listItems(alertmanagers, 'empty or null alertmanager section')) {
        const { relabel_configs: own } = sectionFields(item);
        if (own) list(anything, 'empty or null alertmanager relabeling rule')(own);
      }
    }
    if (name === 'remote_write') {
      for (const item of listItems(at, 'empty or null remote write config section')) {
        const { write_relabel_configs: rules } = sectionFields(item);
        if (rules) list(anything, 'empty or null relabeling rule in remote write config')(rules);
      }
    }
  }
}

function sectionFields(at: ConfigNode): Record<string, ConfigNode | undefined> {
  return Object.fromEntries(entries(at));
}

function listItems(at: ConfigNode | undefined, empty: string): ConfigNode[] {
  return at ? (list((item) => item, empty)(at) ?? []) : [];
}

const homes: Partial<Record<(typeof notReadHere)[number], string>> = {
  alerting: 'alerts are evaluated and shown; nobody is told of them by this version',
  remote_write: 'Farol stores what it scrapes and sends it nowhere',
};

function sectionNotes(root: ConfigNode): string[] {
  const present = mapOf((at: ConfigNode) => (isNull(at) ? undefined : true))(root) ?? new Map();
  return notReadHere
    .filter((name) => present.has(name))
    .map((name) => `${name} is not read here${homes[name] ? `: ${homes[name]}` : ''}`);
}
