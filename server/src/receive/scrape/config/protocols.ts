/** The formats a target may be asked for. */
import { type ConfigNode, invalidAt, list, text } from '#kit/yamltree';

export const scrapeProtocols = {
  PrometheusProto: 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
  'PrometheusText0.0.4': 'text/plain;version=0.0.4',
  'PrometheusText1.0.0': 'text/plain;version=1.0.0',
  'OpenMetricsText0.0.1': 'application/openmetrics-text;version=0.0.1',
  'OpenMetricsText1.0.0': 'application/openmetrics-text;version=1.0.0',
} as const;

export type ScrapeProtocol = keyof typeof scrapeProtocols;

export const defaultProtocols: readonly ScrapeProtocol[] = [
  'OpenMetricsText1.0.0',
  'OpenMetricsText0.0.1',
  'PrometheusText1.0.0',
  'PrometheusText0.0.4',
];

/** For jobs that want native histograms. */
export const nativeProtocols: readonly ScrapeProtocol[] = ['PrometheusProto', ...defaultProtocols];

export function protocol(at: ConfigNode): ScrapeProtocol | undefined {
  const name = text(at);
  if (name === undefined) return undefined;
  if (!Object.hasOwn(scrapeProtocols, name)) {
    const known = Object.keys(scrapeProtocols).sort().join(' ');
    throw invalidAt(at, `unknown scrape protocol ${name}, supported: [${known}]`);
  }
  return name as ScrapeProtocol;
}

export function protocols(at: ConfigNode): ScrapeProtocol[] | undefined {
  const found = list(protocol)(at);
  if (found?.length === 0) throw invalidAt(at, 'scrape_protocols cannot be empty');
  if (found && new Set(found).size < found.length) {
    throw invalidAt(at, `duplicated protocol in scrape_protocols, got [${found.join(' ')}]`);
  }
  return found;
}
