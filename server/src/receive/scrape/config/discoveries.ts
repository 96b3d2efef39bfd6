/** Where a job's targets come from: static lists, files, HTTP, DNS. Every other discovery is refused by name. */
import path from 'node:path';
import { type ConfigNode, fields, invalidAt, list, mapOf, type Reader, text } from '#kit/yamltree';
import { type HttpClientConfig, httpClientOf, httpShape } from './http.ts';
import { count, durationMs } from './scalars.ts';

/** Targets that share labels. Each target is a set of labels; `__address__` is where it listens. */
export interface TargetGroup {
  readonly targets: readonly ReadonlyMap<string, string>[];
  readonly labels: ReadonlyMap<string, string>;
  /** Where the group comes from, for messages. */
  readonly source: string;
}

export type DiscoveryConfig =
  | { readonly kind: 'static'; readonly groups: readonly TargetGroup[] }
  | { readonly kind: 'file'; readonly files: readonly string[]; readonly refreshMs: number }
  | { readonly kind: 'http'; readonly url: string; readonly refreshMs: number; readonly http: HttpClientConfig }
  | {
      readonly kind: 'dns';
      readonly names: readonly string[];
      readonly type: 'SRV' | 'A' | 'AAAA' | 'MX' | 'NS';
      readonly port: number;
      readonly refreshMs: number;
    };

/** A reader that needs the configuration's folder. */
type Based<T> = (at: ConfigNode, baseDir: string) => T;

const staticShape = { targets: list(text), labels: mapOf(text) };

function targetGroup(at: ConfigNode): TargetGroup {
  const { targets = [], labels = new Map() } = fields(at, staticShape);
  for (const name of labels.keys()) {
    if (name === '' || !name.isWellFormed()) throw invalidAt(at, `${JSON.stringify(name)} is not a valid label name`);
  }
  return { targets: targets.map((address) => new Map([['__address__', address]])), labels, source: at.path };
}

export function staticDiscovery(at: ConfigNode): DiscoveryConfig[] {
  const groups = list(targetGroup, 'empty or null section in static_configs')(at) ?? [];
  return [{ kind: 'static', groups }];
}

export const fileDiscoveries: Based<DiscoveryConfig[]> = (at, baseDir) =>
  sections(at, (item) => {
    const { files = [], refresh_interval: refreshMs = 5 * 60_000 } = fields(item, {
      files: list(text),
      refresh_interval: durationMs,
    });
    if (files.length === 0) throw invalidAt(item, 'file service discovery config must contain at least one path name');
    for (const name of files) {
      if (!/^[^*]*(\*[^/]*)?\.(json|yml|yaml|JSON|YML|YAML)$/.test(name)) {
        throw invalidAt(item, `path name ${JSON.stringify(name)} is not valid for file discovery`);
      }
    }
    return {
      kind: 'file',
      files: files.map((file) => path.resolve(baseDir, file)),
      refreshMs: positive(item, refreshMs),
    };
  });

export const httpDiscoveries: Based<DiscoveryConfig[]> = (at, baseDir) =>
  sections(at, (item) => {
    const found = fields(item, { ...httpShape, url: text, refresh_interval: durationMs });
    const { url = '', refresh_interval: refreshMs = 60_000 } = found;
    if (url === '') throw invalidAt(item, 'URL is missing');
    const parsed = URL.parse(url);
    if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') {
      throw invalidAt(item, "URL scheme must be 'http' or 'https'");
    }
    if (parsed.host === '') throw invalidAt(item, 'host is missing in URL');
    return { kind: 'http', url, refreshMs: positive(item, refreshMs), http: httpClientOf(found, item, baseDir) };
  });

export const dnsDiscoveries: Based<DiscoveryConfig[]> = (at) =>
  sections(at, (item) => {
    const {
      names = [],
      type: written = 'SRV',
      port = 0,
      refresh_interval: refreshMs = 30_000,
    } = fields(item, {
      names: list(text),
      type: text,
      port: count,
      refresh_interval: durationMs,
    });
    if (names.length === 0) throw invalidAt(item, 'DNS-SD config must contain at least one SRV record name');
    const type = (['SRV', 'A', 'AAAA', 'MX', 'NS'] as const).find((known) => known === written.toUpperCase());
    if (!type) throw invalidAt(item, `invalid DNS-SD records type ${written}`);
    if (type !== 'SRV' && port === 0) {
      throw invalidAt(item, 'a port is required in DNS-SD configs for all record types except SRV');
    }
    return { kind: 'dns', names, type, port, refreshMs: positive(item, refreshMs) };
  });

/** Prometheus' other discoveries, so that the refusal can name what the file asks for. */
const otherDiscoveries = [
  'azure',
  'consul',
  'digitalocean',
  'docker',
  'dockerswarm',
  'ec2',
  'ecs',
  'elasticache',
  'eureka',
  'gce',
  'hetzner',
  'ionos',
  'kubernetes',
  'kuma',
  'lightsail',
  'linode',
  'marathon',
  'msk',
  'nerve',
  'nomad',
  'oci',
  'openstack',
  'outscale',
  'ovhcloud',
  'puppetdb',
  'rds',
  'scaleway',
  'serverset',
  'stackit',
  'triton',
  'uyuni',
  'vultr',
  'aws',
];

/** One field per discovery that is not read. An empty list is as good as none. */
export const refusedDiscoveries: Readonly<Record<string, Reader<undefined>>> = Object.fromEntries(
  otherDiscoveries.map((name) => [
    `${name}_sd_configs`,
    (at: ConfigNode) => {
      if ((list(() => true as const)(at) ?? []).length === 0) return undefined;
      throw invalidAt(
        at,
        `${name}_sd_configs is not supported by Farol, which reads static_configs, file_sd_configs, http_sd_configs and ` +
          'dns_sd_configs; let a Prometheus or a vmagent discover these targets and send to /prometheus/api/v1/write',
      );
    },
  ]),
);

function sections(at: ConfigNode, read: (item: ConfigNode) => DiscoveryConfig): DiscoveryConfig[] {
  return list(read, 'empty or null section')(at) ?? [];
}

function positive(at: ConfigNode, ms: number): number {
  if (ms <= 0) throw invalidAt(at, 'refresh_interval must be greater than 0');
  return ms;
}
