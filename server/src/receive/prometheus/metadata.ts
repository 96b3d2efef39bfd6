/** Metric metadata. Prometheus repeats all of it every minute; only news is passed on. */

import type { ProtoCursor } from '#kit';
import type { MetadataRow, MetricType } from '#model';

/** By their numbers in both versions of remote write. */
export const metricTypes: readonly MetricType[] = [
  'unknown',
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
];

export const helpCharsMax = 4096;

export function readMetadata(cursor: ProtoCursor, end: number): MetadataRow {
  let type: MetricType = 'unknown';
  let metric = '';
  let help = '';
  let unit = '';
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x08) type = metricTypes[cursor.varint(end)] ?? 'unknown';
    else if (tag === 0x12) metric = cursor.text(end);
    else if (tag === 0x22) help = cursor.text(end);
    else if (tag === 0x2a) unit = cursor.text(end);
    else cursor.skip(tag, end);
  }
  return { metric, type, unit, help: help.slice(0, helpCharsMax) };
}

// Repeated now and then in case a write of it failed.
export const repeatMs = 10 * 60_000;

/** Remembers what was said of each metric, up to `metricsMax`; then forgets everything and passes it on again. */
export class MetadataMemory {
  private readonly said = new Map<string, { readonly text: string; readonly atMs: number }>();
  private readonly metricsMax: number;

  constructor(metricsMax: number) {
    this.metricsMax = metricsMax;
  }

  isNews(tenant: string, row: MetadataRow, nowMs: number): boolean {
    const key = `${tenant}\n${row.metric}`;
    const text = `${row.type}\n${row.unit}\n${row.help}`;
    const known = this.said.get(key);
    if (known !== undefined && known.text === text && nowMs - known.atMs < repeatMs) return false;
    if (this.said.size >= this.metricsMax) this.said.clear();
    this.said.set(key, { text, atMs: nowMs });
    return true;
  }
}
