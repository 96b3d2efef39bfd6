import type { Unit } from '../../charts/scale.ts';

/** The unit of a query's answer, when its text gives it away; otherwise plain numbers. Pure. */
export function unitOf(query: string): Unit {
  const text = query.replace(/\s+/g, ' ');
  if (/histogram_quantile\(|histogram_avg\(/.test(text) && /_seconds(_bucket)?\b/.test(text)) return 'seconds';
  if (/_seconds_sum\b/.test(text) && /\/ .*_seconds_count\b|_seconds_count\b/.test(text)) return 'seconds';
  const counted = /\b(rate|irate|increase|count|count_over_time|delta|changes|resets)\s*(by|without)?\s*\(/.test(text);
  const divided = /[^/]\/[^/]/.test(text);
  if (
    counted &&
    !divided &&
    /_total\b|_count\b/.test(text) &&
    /\brate\(|\birate\(/.test(text) &&
    !/_seconds_total|_bytes_total/.test(text)
  )
    return 'rate';
  if (counted || divided) return 'plain';
  if (/_ratio\b|_utilization\b/.test(text)) return 'share';
  if (/_bytes\b/.test(text)) return 'bytes';
  if (/_seconds\b/.test(text) && !/timestamp|start_time|_created/.test(text)) return 'seconds';
  return 'plain';
}
