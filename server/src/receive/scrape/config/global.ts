/** The `global` section: what jobs inherit. */
import { type ConfigNode, type Fields, fields, invalidAt, mapOf, text } from '#kit/yamltree';
import { protocols } from './protocols.ts';
import { bytes, count, durationMs, flag, oneOf } from './scalars.ts';

const namingShape = {
  metric_name_validation_scheme: oneOf('legacy', 'utf8'),
  metric_name_escaping_scheme: oneOf('allow-utf-8', 'underscores', 'dots', 'values'),
};

/** The fields that both `global` and a job have; the job's win. */
export const inheritedShape = {
  ...namingShape,
  scrape_interval: durationMs,
  scrape_timeout: durationMs,
  scrape_protocols: protocols,
  scrape_failure_log_file: text,
  body_size_limit: bytes,
  sample_limit: count,
  target_limit: count,
  label_limit: count,
  label_name_length_limit: count,
  label_value_length_limit: count,
  keep_dropped_targets: count,
  scrape_native_histograms: flag,
  convert_classic_histograms_to_nhcb: flag,
  always_scrape_classic_histograms: flag,
  extra_scrape_metrics: flag,
};

const globalShape = {
  ...inheritedShape,
  evaluation_interval: durationMs,
  rule_query_offset: durationMs,
  query_log_file: text,
  external_labels: mapOf(text),
};

export type GlobalConfig = Fields<typeof globalShape> & {
  readonly scrape_interval: number;
  readonly scrape_timeout: number;
};

export function readGlobal(at: ConfigNode | undefined): GlobalConfig {
  const found: Fields<typeof globalShape> = at ? fields(at, globalShape) : {};
  const intervalMs = found.scrape_interval || 60_000;
  const timeoutMs = found.scrape_timeout || Math.min(10_000, intervalMs);
  if (at && timeoutMs > intervalMs) throw invalidAt(at, 'global scrape timeout greater than scrape interval');
  for (const [name, value] of found.external_labels ?? []) {
    const isLegacy = found.metric_name_validation_scheme === 'legacy';
    const isName = isLegacy ? /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) : name !== '' && name.isWellFormed();
    if (at && !isName) throw invalidAt(at, `${JSON.stringify(name)} is not a valid label name`);
    if (at && !value.isWellFormed()) throw invalidAt(at, `${JSON.stringify(value)} is not a valid label value`);
  }
  return { ...found, scrape_interval: intervalMs, scrape_timeout: timeoutMs };
}
