/**
 * The only reader of flags, environment and YAML. A flag wins over `FAROL_*`, which wins over `farol.yaml`, which wins
 * over the default. Everything unknown or malformed is refused by name; nothing is guessed.
 */
import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseDurationMs } from '@farol/promql';
import { parse as parseYaml } from 'yaml';
import { type Limits, limitsFor, Refusal } from '#model';

/** Where Farol itself is installed. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

export const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

export interface Address {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** The flag that set it, to be named when the port is taken. */
  readonly flag: string;
}

export type StoreChoice =
  | { readonly kind: 'embedded'; readonly dataDir: string; readonly memoryBytesMax: number }
  | { readonly kind: 'clickhouse'; readonly url: string; readonly cluster?: string };

export interface Config {
  readonly dataDir: string;
  readonly listen: Address;
  readonly otlpHttp: Address;
  readonly otlpGrpc: Address;
  readonly store: StoreChoice;
  /** Path of a `prometheus.yml`, absolute. */
  readonly scrapeConfig?: string;
  /** Globs of Prometheus rule files, absolute. */
  readonly rules: readonly string[];
  /** Of rule groups that name no interval of their own. */
  readonly evaluationIntervalMs?: number;
  readonly alertmanagerConfig?: string;
  readonly retentionDays: { readonly metrics: number; readonly logs: number; readonly traces: number };
  /** Resource attributes that become labels of OTLP metrics and log streams, besides service_name, job and instance. */
  readonly promotedResourceAttributes: readonly string[];
  readonly limits: Limits;
}

export const usage = `Usage: npm start -- [flags]        (or FAROL_* in the environment, or keys of farol.yaml)

  --data-dir DIR                where telemetry is kept              ./farol-data
  --listen HOST:PORT            UI and every API                     127.0.0.1:4320
  --otlp-http HOST:PORT         OTLP over HTTP                       127.0.0.1:4318
  --otlp-grpc HOST:PORT         OTLP over gRPC                       127.0.0.1:4317
  --config FILE                 farol.yaml
  --scrape-config FILE          a prometheus.yml: its scrape_configs are scraped
  --rules GLOB                  Prometheus rule files, evaluated on their clock (nobody is told of alerts yet)
  --alertmanager-config FILE    alertmanager.yml (read and kept; used by a later version)
  --store embedded|URL          embedded, or http://user:pass@host:8123/db
  --store-cluster NAME          create the tables ON CLUSTER NAME, replicated and distributed
  --retention-metrics DAYS      15
  --retention-logs DAYS         30
  --retention-traces DAYS       7
  --engine-memory MIB           memory cap of the embedded engine    1024
  --help, --version

A port of 0 picks a free one.`;

const textFlags = [
  'data-dir',
  'listen',
  'otlp-http',
  'otlp-grpc',
  'config',
  'scrape-config',
  'rules',
  'alertmanager-config',
  'store',
  'store-cluster',
  'retention-metrics',
  'retention-logs',
  'retention-traces',
  'engine-memory',
] as const;
type TextFlag = (typeof textFlags)[number];

const yamlOnlyKeys = ['limits', 'promoted-resource-attributes', 'evaluation-interval'] as const;

const defaultPromoted = [
  'service.namespace',
  'service.version',
  'deployment.environment.name',
  'deployment.environment',
  'host.name',
  'cloud.region',
  'container.name',
  'k8s.cluster.name',
  'k8s.namespace.name',
  'k8s.deployment.name',
  'k8s.statefulset.name',
  'k8s.daemonset.name',
  'k8s.cronjob.name',
  'k8s.job.name',
  'k8s.node.name',
  'k8s.pod.name',
  'k8s.container.name',
];

export function readConfig(args: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Config {
  const flags = readFlags(args);
  const file = flags.config ?? env.FAROL_CONFIG;
  const yaml = file === undefined ? {} : readYaml(resolve(cwd, file));
  const yamlDir = file === undefined ? cwd : dirname(resolve(cwd, file));
  const given = (name: TextFlag) => flags[name] ?? env[envName(name)] ?? textOf(yaml[name], name);
  /** A path in farol.yaml counts from farol.yaml; elsewhere from the working directory. */
  const path = (name: TextFlag) => {
    const outside = flags[name] ?? env[envName(name)];
    const inside = textOf(yaml[name], name);
    return outside !== undefined ? resolve(cwd, outside) : inside !== undefined ? resolve(yamlDir, inside) : undefined;
  };

  const dataDir = path('data-dir') ?? resolve(cwd, 'farol-data');
  const rules = path('rules');
  const evaluationInterval = textOf(yaml['evaluation-interval'], 'evaluation-interval');
  const scrapeConfig = path('scrape-config');
  const alertmanagerConfig = path('alertmanager-config');
  return {
    dataDir,
    listen: addressOf('listen', given('listen') ?? '127.0.0.1:4320'),
    otlpHttp: addressOf('otlp-http', given('otlp-http') ?? '127.0.0.1:4318'),
    otlpGrpc: addressOf('otlp-grpc', given('otlp-grpc') ?? '127.0.0.1:4317'),
    store: storeOf(given('store') ?? 'embedded', {
      cluster: given('store-cluster'),
      dataDir,
      engineMebibytes: given('engine-memory') ?? '1024',
    }),
    rules: rules === undefined ? [] : [rules],
    ...(evaluationInterval !== undefined && { evaluationIntervalMs: intervalOf(evaluationInterval) }),
    ...(scrapeConfig !== undefined && { scrapeConfig }),
    ...(alertmanagerConfig !== undefined && { alertmanagerConfig }),
    retentionDays: {
      metrics: wholeNumber('retention-metrics', given('retention-metrics') ?? '15', 1, 3650),
      logs: wholeNumber('retention-logs', given('retention-logs') ?? '30', 1, 3650),
      traces: wholeNumber('retention-traces', given('retention-traces') ?? '7', 1, 3650),
    },
    promotedResourceAttributes: listOf(yaml['promoted-resource-attributes']) ?? defaultPromoted,
    limits: limitsFrom(yaml.limits),
  };
}

/** The configuration as flags, for whoever asks what is in force; secrets hidden. */
export function flagsOf(config: Config): Record<string, string> {
  const address = ({ host, port }: Address) => `${host}:${port}`;
  return {
    'data-dir': config.dataDir,
    listen: address(config.listen),
    'otlp-http': address(config.otlpHttp),
    'otlp-grpc': address(config.otlpGrpc),
    store: config.store.kind === 'embedded' ? 'embedded' : redacted(config.store.url),
    'scrape-config': config.scrapeConfig ?? '',
    rules: config.rules.join(','),
    'retention-metrics': `${config.retentionDays.metrics}d`,
    'retention-logs': `${config.retentionDays.logs}d`,
    'retention-traces': `${config.retentionDays.traces}d`,
  };
}

function readFlags(args: readonly string[]): Partial<Record<TextFlag, string>> {
  const options = Object.fromEntries(textFlags.map((name) => [name, { type: 'string' as const }]));
  try {
    return parseArgs({ args: [...args], options, allowPositionals: false }).values as Partial<Record<TextFlag, string>>;
  } catch (cause) {
    throw invalid(`${(cause as Error).message} (see --help)`, cause);
  }
}

function readYaml(file: string): Record<string, unknown> {
  const text = readText(file);
  let parsed: unknown;
  try {
    parsed = parseYaml(text, { maxAliasCount: 100 });
  } catch (cause) {
    throw invalid(`${file} is not YAML: ${(cause as Error).message}`, cause);
  }
  if (parsed === null || parsed === undefined) return {};
  if (typeof parsed !== 'object' || Array.isArray(parsed)) throw invalid(`${file} must be a map of settings`);
  const known: readonly string[] = [...textFlags, ...yamlOnlyKeys];
  const stranger = Object.keys(parsed).find((key) => !known.includes(key) || key === 'config');
  if (stranger)
    throw invalid(
      `${file}: "${stranger}" is not a setting; there are ${known.filter((key) => key !== 'config').join(', ')}`,
    );
  return parsed as Record<string, unknown>;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw invalid(`cannot read ${file}: ${(cause as Error).message}`, cause);
  }
}

function envName(name: string): string {
  return `FAROL_${name.toUpperCase().replaceAll('-', '_')}`;
}

function textOf(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw invalid(`"${name}" in farol.yaml must be text, not ${JSON.stringify(value)}`);
}

function listOf(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw invalid('"promoted-resource-attributes" in farol.yaml must be a list of attribute names');
}

function addressOf(flag: string, text: string): Address {
  const match = /^(?:(\[[0-9a-fA-F:]+\]|[^:[\]]*):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (!match || port > 65_535) throw invalid(`--${flag} must be HOST:PORT, such as 127.0.0.1:4320; it is "${text}"`);
  const host = (match[1] ?? '127.0.0.1').replace(/^\[|\]$/g, '');
  return { host: host === '' ? '0.0.0.0' : host, port, flag: `--${flag}` };
}

function storeOf(
  text: string,
  about: { cluster: string | undefined; dataDir: string; engineMebibytes: string },
): StoreChoice {
  const { cluster, dataDir, engineMebibytes } = about;
  const memoryBytesMax = wholeNumber('engine-memory', engineMebibytes, 256, 1024 * 1024) * 1024 * 1024;
  if (text === 'embedded') return { kind: 'embedded', dataDir, memoryBytesMax };
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw invalid(`--store must be "embedded" or http://user:pass@host:8123/db; it is "${redacted(text)}"`);
  }
  return { kind: 'clickhouse', url: text, ...(cluster !== undefined && { cluster }) };
}

/** Up to the last `@`, for an address that cannot be read may have anything in its password. */
function redacted(text: string): string {
  return text.replace(/^([a-z]+:\/\/)?.*@/is, '$1<secret>@');
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = Number(text.replace(/d$/, ''));
  if (!Number.isInteger(value) || value < min || value > max) {
    throw invalid(`--${name} must be a whole number from ${min} to ${max}; it is "${text}"`);
  }
  return value;
}

function intervalOf(text: string): number {
  const ms = parseDurationMs(text);
  if (ms === undefined || ms < 1000) {
    throw invalid(
      `"evaluation-interval" in farol.yaml must be a duration of a second or more, such as 1m; it is "${text}"`,
    );
  }
  return ms;
}

function limitsFrom(given: unknown): Limits {
  const fitting = limitsFor(Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY));
  if (given === undefined || given === null) return fitting;
  return overlay('limits', fitting, given) as unknown as Limits;
}

function overlay(path: string, defaults: object, given: unknown): Record<string, unknown> {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw invalid(`"${path}" in farol.yaml must be a map`);
  const result: Record<string, unknown> = { ...defaults };
  for (const [key, value] of Object.entries(given)) {
    const known = Object.hasOwn(defaults, key) ? (defaults as Record<string, unknown>)[key] : undefined;
    if (known === undefined)
      throw invalid(`"${path}.${key}" is not a limit; there are ${Object.keys(defaults).join(', ')}`);
    if (typeof known === 'object' && known !== null) result[key] = overlay(`${path}.${key}`, known, value);
    else if (typeof value === 'number' && value > 0) result[key] = value;
    else throw invalid(`"${path}.${key}" must be a number above 0; it is ${JSON.stringify(value)}`);
  }
  return result;
}

function invalid(message: string, cause?: unknown): Refusal {
  return new Refusal(message, { code: 'CONFIG_INVALID', cause });
}
