/** dns_sd_configs: one target per SRV, A, AAAA, MX or NS record. */
import dns from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { log } from '#kit';
import type { DiscoveryConfig, TargetGroup } from '../config/index.ts';
import { type Discover, every } from './runner.ts';

type DnsConfig = DiscoveryConfig & { kind: 'dns' };
type LabelMap = ReadonlyMap<string, string>;

/** The names that do not exist have no targets; a resolver that fails keeps the targets it gave before. */
const absent = new Set(['ENOTFOUND', 'ENODATA']);

export const discoverDns: Discover<DnsConfig> = (config, { clock, signal, update }) => {
  const known = new Map<string, TargetGroup>();
  const resolver = new Resolver({ timeout: 5000, tries: 2 });
  // Those that this process asks for everything else, too; a resolver of one's own starts with the system's.
  resolver.setServers(dns.getServers());
  signal.addEventListener('abort', () => resolver.cancel());

  async function refreshName(name: string): Promise<void> {
    try {
      known.set(name, { targets: await targetsOf(resolver, name, config), labels: new Map(), source: name });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (absent.has(code ?? '')) known.set(name, { targets: [], labels: new Map(), source: name });
      else if (!signal.aborted) log.warn({ name, problem: message }, 'dns_sd_configs: no answer');
    }
    // At once: a name that nobody answers for must not hold back the others.
    if (!signal.aborted) update([...known.values()]);
  }

  async function refresh(): Promise<void> {
    await Promise.all(config.names.map(refreshName));
  }

  return every(config.refreshMs, refresh, { clock, signal });
};

async function targetsOf(resolver: Resolver, name: string, { type, port }: DnsConfig): Promise<LabelMap[]> {
  const target = (host: string, at: number, more: readonly [string, string][] = []): LabelMap =>
    new Map([['__address__', hostPort(host, at)], ['__meta_dns_name', name], ...more]);
  switch (type) {
    case 'SRV':
      return (await resolver.resolveSrv(name)).map((record) =>
        target(record.name, record.port, [
          ['__meta_dns_srv_record_target', `${record.name}.`],
          ['__meta_dns_srv_record_port', String(record.port)],
        ]),
      );
    case 'MX':
      return (await resolver.resolveMx(name)).map(({ exchange }) =>
        target(exchange, port, [['__meta_dns_mx_record_target', `${exchange}.`]]),
      );
    case 'NS':
      return (await resolver.resolveNs(name)).map((host) =>
        target(host, port, [['__meta_dns_ns_record_target', `${host}.`]]),
      );
    case 'A':
      return (await resolver.resolve4(name)).map((host) => target(host, port));
    case 'AAAA':
      return (await resolver.resolve6(name)).map((host) => target(host, port));
  }
}

function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
