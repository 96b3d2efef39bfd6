/** Up to a million series that differ in their labels, with two samples each: for questions about labels. */
import { compressAround } from './snappy.ts';
import type { Body, Source } from './source.ts';
import { type Template, TemplateWriter, varint, writeTimeVarint } from './template.ts';
import { writeHeaders } from './write-request.ts';

/** A multiple of the hundred metric names, so that a series' name depends on its place in the request alone. */
const seriesPerRequest = 2_000;

export interface ListingsPlan {
  /** A multiple of 2,000. */
  readonly series: number;
  readonly lanes: number;
  /** One sample of each series at each of these. */
  readonly timesMs: readonly number[];
}

export function listingsSource({ series, lanes, timesMs }: ListingsPlan): Source {
  const template = compressAround(requestTemplate());
  return {
    path: '/prometheus/api/v1/write',
    headers: writeHeaders(),
    lanes: Array.from({ length: lanes }, (_, lane) => {
      let round = 0;
      let first = lane * seriesPerRequest;
      return (): Body | undefined => {
        if (first >= series) {
          round++;
          first = lane * seriesPerRequest;
        }
        const timeMs = timesMs[round];
        if (timeMs === undefined || first >= series) return undefined;
        const body = bodyOf(template, first, timeMs);
        first += lanes * seriesPerRequest;
        return body;
      };
    }),
  };
}

/** The digits that tell one request's series from another's are holes. */
function requestTemplate(): Template {
  const writer = new TemplateWriter();
  for (let n = 0; n < seriesPerRequest; n++) {
    writer.message(1, (one) => {
      const label = (name: string, value: string, digits = 0) =>
        one.message(1, (pair) => {
          const bytes = Buffer.from(value);
          pair
            .text(1, name)
            .tag(2, 2)
            .raw(varint(bytes.length + digits))
            .raw(bytes);
          if (digits > 0) pair.hole(digits);
        });
      label('__name__', `bench_listing_metric_${String(n % 100).padStart(2, '0')}`);
      label('env', 'prod');
      label('host', 'host-', 4);
      label('job', 'listings');
      label('pod', 'pod-', 6);
      label('zone', 'zone-', 1);
      one.message(2, (sample) => sample.tag(1, 1).hole(8).tag(2, 0).hole(6));
    });
  }
  return writer.finish();
}

/** A pod exposes ten metrics, a host runs a hundred pods, a zone has every tenth host. */
function bodyOf(template: Template, first: number, timeMs: number): Body {
  const bytes = Buffer.from(template.bytes);
  let hole = 0;
  const digits = (value: number) => {
    const { at = 0, bytes: width = 0 } = template.holes[hole++] ?? {};
    bytes.write(String(Math.floor(value)).padStart(width, '0'), at, 'latin1');
  };
  for (let n = first; n < first + seriesPerRequest; n++) {
    digits(n / 1000);
    digits(n / 10);
    digits(Math.floor(n / 1000) % 10);
    bytes.writeDoubleLE(n, template.holes[hole++]?.at ?? 0);
    writeTimeVarint(bytes, template.holes[hole++]?.at ?? 0, timeMs);
  }
  return { bytes, items: seriesPerRequest };
}
