/** Which parser a body is for: its Content-Type, or the job's fallback. */
import type { ExposedBody, ExpositionFormat } from './body.ts';
import { utf8 } from './client.ts';
import { type ScrapeJob, scrapeProtocols } from './config/index.ts';

/** Throws an Error when the format is unknown, or is a text and the bytes are none. */
export function bodyOf(contentType: string, bytes: Buffer, job: Pick<ScrapeJob, 'fallbackProtocol'>): ExposedBody {
  const format = formatOf(contentType, job);
  return format === 'protobuf' ? { format, bytes } : { format, text: utf8(bytes) };
}

/** In Prometheus' words when neither says. */
function formatOf(contentType: string, { fallbackProtocol }: Pick<ScrapeJob, 'fallbackProtocol'>): ExpositionFormat {
  const known = formatOfType(contentType);
  if (known) return known;
  const fallback = fallbackProtocol && formatOfType(scrapeProtocols[fallbackProtocol]);
  if (fallback) return fallback;
  throw new Error(
    contentType.trim() === ''
      ? 'non-compliant scrape target sending blank Content-Type and no fallback_scrape_protocol specified for target'
      : `received unsupported Content-Type ${JSON.stringify(contentType)} and no fallback_scrape_protocol specified for target`,
  );
}

function formatOfType(contentType: string): ExpositionFormat | undefined {
  switch (contentType.split(';')[0]?.trim().toLowerCase()) {
    case 'text/plain':
      return 'text';
    case 'application/openmetrics-text':
      return 'openmetrics';
    case 'application/vnd.google.protobuf':
      return 'protobuf';
    default:
      return undefined;
  }
}

/** What the target is asked for, best first. */
export function acceptHeader({ protocols, escaping }: Pick<ScrapeJob, 'protocols' | 'escaping'>): string {
  const wanted = protocols.map((name, i) => {
    const escapes = name === 'PrometheusText1.0.0' || name === 'OpenMetricsText1.0.0' ? `;escaping=${escaping}` : '';
    return `${scrapeProtocols[name]}${escapes};q=0.${protocols.length + 1 - i}`;
  });
  return [...wanted, '*/*;q=0.1'].join(',');
}
