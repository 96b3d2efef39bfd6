/** One scrape job, with everything it inherits filled in. */

import { type ConfigNode, type Fields, fields, invalidAt, list, mapOf, text } from '#kit/yamltree';
import { addressProblem } from '../address.ts';
import type { RelabelRule } from '../relabel.ts';
import {
  type DiscoveryConfig,
  dnsDiscoveries,
  fileDiscoveries,
  httpDiscoveries,
  refusedDiscoveries,
  staticDiscovery,
} from './discoveries.ts';
import { type GlobalConfig, inheritedShape } from './global.ts';
import { type HttpClientConfig, httpClientOf, httpShape } from './http.ts';
import { defaultProtocols, nativeProtocols, protocol, type ScrapeProtocol } from './protocols.ts';
import { relabelRules } from './relabels.ts';
import { count, flag, float, oneOf } from './scalars.ts';

export interface ScrapeJob {
  readonly name: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly metricsPath: string;
  readonly scheme: string;
  readonly params: ReadonlyMap<string, readonly string[]>;
  readonly honorLabels: boolean;
  readonly honorTimestamps: boolean;
  readonly trackTimestampsStaleness: boolean;
  /** In order of preference. */
  readonly protocols: readonly ScrapeProtocol[];
  readonly fallbackProtocol?: ScrapeProtocol;
  /** The `escaping` parameter of the Accept header. */
  readonly escaping: string;
  readonly legacyNames: boolean;
  readonly compression: boolean;
  /** Limits: 0 means none. */
  readonly bodyBytesMax: number;
  readonly samplesMax: number;
  readonly targetsMax: number;
  readonly labelsMax: number;
  readonly labelNameBytesMax: number;
  readonly labelValueBytesMax: number;
  readonly droppedTargetsMax: number;
  readonly extraMetrics: boolean;
  /** Of targets that expose them; they need the protobuf format. */
  readonly nativeHistograms: boolean;
  /** The classic buckets of native histograms, and of those that are converted, as well. */
  readonly classicHistogramsToo: boolean;
  /** Classic histograms become native ones with custom bounds. */
  readonly customBuckets: boolean;
  /** 0 means none. */
  readonly nativeBucketsMax: number;
  /** The least growth from one bucket to the next; finer histograms are made coarser. 0 means any. */
  readonly nativeFactorMin: number;
  readonly http: HttpClientConfig;
  readonly discoveries: readonly DiscoveryConfig[];
  readonly relabelRules: readonly RelabelRule[];
  readonly metricRelabelRules: readonly RelabelRule[];
  /** What the configuration asks for and Farol does not do, as sentences. */
  readonly notes: readonly string[];
}

function jobShape(baseDir: string) {
  return {
    ...inheritedShape,
    ...httpShape,
    ...refusedDiscoveries,
    job_name: text,
    honor_labels: flag,
    honor_timestamps: flag,
    track_timestamps_staleness: flag,
    params: mapOf(list(text)),
    fallback_scrape_protocol: protocol,
    metrics_path: text,
    scheme: oneOf('http', 'https'),
    enable_compression: flag,
    native_histogram_bucket_limit: count,
    native_histogram_min_bucket_factor: float,
    static_configs: staticDiscovery,
    file_sd_configs: (at: ConfigNode) => fileDiscoveries(at, baseDir),
    http_sd_configs: (at: ConfigNode) => httpDiscoveries(at, baseDir),
    dns_sd_configs: (at: ConfigNode) => dnsDiscoveries(at, baseDir),
    relabel_configs: relabelRules('target'),
    metric_relabel_configs: relabelRules('metric'),
  };
}

type JobFields = Fields<ReturnType<typeof jobShape>>;

export function readJob(at: ConfigNode, global: GlobalConfig, baseDir: string): ScrapeJob {
  const found = fields(at, jobShape(baseDir));
  const name = found.job_name ?? '';
  if (name === '') throw invalidAt(at, 'job_name is empty');
  const { http, discoveries } = { http: httpClientOf(found, at, baseDir), discoveries: discoveriesOf(found) };
  if ((found.relabel_configs ?? []).length === 0) checkStaticTargets(discoveries, at);
  const legacyNames = (found.metric_name_validation_scheme ?? global.metric_name_validation_scheme) === 'legacy';
  return {
    name,
    ...timesOf(found, global, at, name),
    ...limitsOf(found, global),
    ...namesOf(found, global, at, legacyNames),
    metricsPath: found.metrics_path || '/metrics',
    scheme: found.scheme || 'http',
    params: found.params ?? new Map(),
    honorLabels: found.honor_labels ?? false,
    honorTimestamps: found.honor_timestamps ?? true,
    trackTimestampsStaleness: found.track_timestamps_staleness ?? false,
    ...histogramsOf(found, global),
    fallbackProtocol: found.fallback_scrape_protocol,
    compression: found.enable_compression ?? true,
    extraMetrics: found.extra_scrape_metrics ?? global.extra_scrape_metrics ?? false,
    http,
    discoveries,
    relabelRules: (found.relabel_configs ?? []).map((draft) => draft(legacyNames)),
    metricRelabelRules: (found.metric_relabel_configs ?? []).map((draft) => draft(legacyNames)),
    notes: notesOf(found, global, name),
  };
}

function timesOf(found: JobFields, global: GlobalConfig, at: ConfigNode, name: string) {
  const intervalMs = found.scrape_interval || global.scrape_interval;
  const timeoutMs = found.scrape_timeout || Math.min(global.scrape_timeout, intervalMs);
  if (timeoutMs > intervalMs) {
    throw invalidAt(
      at,
      `scrape timeout greater than scrape interval for scrape config with job name ${JSON.stringify(name)}`,
    );
  }
  return { intervalMs, timeoutMs };
}

function limitsOf(found: JobFields, global: GlobalConfig) {
  return {
    bodyBytesMax: found.body_size_limit || global.body_size_limit || 0,
    samplesMax: found.sample_limit || global.sample_limit || 0,
    targetsMax: found.target_limit || global.target_limit || 0,
    labelsMax: found.label_limit || global.label_limit || 0,
    labelNameBytesMax: found.label_name_length_limit || global.label_name_length_limit || 0,
    labelValueBytesMax: found.label_value_length_limit || global.label_value_length_limit || 0,
    droppedTargetsMax: found.keep_dropped_targets || global.keep_dropped_targets || 0,
  };
}

/** A job that says how names are checked says how they are escaped too, unless it says that itself. */
function namesOf(found: JobFields, global: GlobalConfig, at: ConfigNode, legacyNames: boolean) {
  const usual = legacyNames ? 'underscores' : 'allow-utf-8';
  const inherited = found.metric_name_validation_scheme === undefined ? global.metric_name_escaping_scheme : undefined;
  const escaping = found.metric_name_escaping_scheme ?? inherited ?? usual;
  if (escaping === 'allow-utf-8' && legacyNames) {
    throw invalidAt(at, 'utf8 metric names requested but validation scheme is not set to UTF8');
  }
  return { legacyNames, escaping };
}

function discoveriesOf(found: JobFields): DiscoveryConfig[] {
  return [
    ...(found.static_configs ?? []),
    ...(found.file_sd_configs ?? []),
    ...(found.http_sd_configs ?? []),
    ...(found.dns_sd_configs ?? []),
  ];
}

/** People write URLs where host:port is meant; relabelling could still mend that, its absence cannot. */
function checkStaticTargets(discoveries: readonly DiscoveryConfig[], at: ConfigNode): void {
  for (const discovery of discoveries) {
    if (discovery.kind !== 'static') continue;
    for (const target of discovery.groups.flatMap(({ targets }) => targets)) {
      const problem = addressProblem(target.get('__address__') ?? '');
      if (problem !== undefined) throw invalidAt(at, problem);
    }
  }
}

/** Native histograms come by protobuf only, so a job that wants them asks for it first, unless it says what to ask for. */
function histogramsOf(found: JobFields, global: GlobalConfig) {
  const nativeHistograms = found.scrape_native_histograms ?? global.scrape_native_histograms ?? false;
  const usual = nativeHistograms ? nativeProtocols : defaultProtocols;
  return {
    protocols: found.scrape_protocols ?? global.scrape_protocols ?? usual,
    nativeHistograms,
    classicHistogramsToo: found.always_scrape_classic_histograms ?? global.always_scrape_classic_histograms ?? false,
    customBuckets: found.convert_classic_histograms_to_nhcb ?? global.convert_classic_histograms_to_nhcb ?? false,
    nativeBucketsMax: found.native_histogram_bucket_limit ?? 0,
    nativeFactorMin: found.native_histogram_min_bucket_factor ?? 0,
  };
}

function notesOf(found: JobFields, global: GlobalConfig, name: string): string[] {
  const asks = (field: keyof typeof inheritedShape & keyof JobFields) => found[field] ?? global[field];
  const job = `job ${JSON.stringify(name)}`;
  const notes: string[] = [];
  if (asks('scrape_failure_log_file')) {
    notes.push(`${job}: scrape_failure_log_file is not written; failures are in Farol's log and in /targets`);
  }
  return notes;
}
