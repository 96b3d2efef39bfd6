/** From discovered labels to a target: Prometheus' defaults, relabelling, the URL. */
import { parseDurationMs, printDurationMs } from '@farol/promql';
import { hash53 } from '#kit';
import { type Labels, labelsFrom, labelsKey } from '#model';
import { addressProblem } from './address.ts';
import type { ScrapeJob } from './config/index.ts';
import { relabel } from './relabel.ts';

export interface Target {
  /** The same for the same labels and URL, whatever discovery said it. */
  readonly key: string;
  /** What its samples carry. */
  readonly labels: Labels;
  /** Before relabelling. */
  readonly discovered: Labels;
  readonly url: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

export type Populated =
  | { readonly kind: 'active'; readonly target: Target }
  | { readonly kind: 'dropped'; readonly discovered: Labels }
  | { readonly kind: 'invalid'; readonly discovered: Labels; readonly problem: string };

type LabelMap = ReadonlyMap<string, string>;

export function populate(job: ScrapeJob, targetLabels: LabelMap, groupLabels: LabelMap): Populated {
  const found = discoveredLabels(job, targetLabels, groupLabels);
  const discovered = labelsFrom(found);
  const labels = new Map(found);
  if (!relabel(labels, job.relabelRules)) return { kind: 'dropped', discovered };
  const address = labels.get('__address__') ?? '';
  const times = timesOf(labels);
  const problem = address === '' ? 'no address' : (addressProblem(address) ?? times.problem);
  if (problem !== undefined) return { kind: 'invalid', discovered, problem };
  const url = urlOf(labels, job, address);
  if (!url) return { kind: 'invalid', discovered, problem: `${JSON.stringify(address)} is not a valid hostname` };
  const kept = publicLabels(labels, address);
  return { kind: 'active', target: { key: labelsKey(kept) + url, labels: kept, discovered, url, ...times } };
}

/** Milliseconds until the target's turn: spread over the interval by hash, and the same after a restart. */
export function offsetMs(target: Target, nowMs: number): number {
  const { intervalMs, key } = target;
  return (intervalMs - (nowMs % intervalMs) + (hash53(key) % intervalMs)) % intervalMs;
}

function discoveredLabels(job: ScrapeJob, targetLabels: LabelMap, groupLabels: LabelMap): Map<string, string> {
  const labels = new Map([...groupLabels, ...targetLabels]);
  const defaults: [string, string][] = [
    ['job', job.name],
    ['__scrape_interval__', printDurationMs(job.intervalMs)],
    ['__scrape_timeout__', printDurationMs(job.timeoutMs)],
    ['__metrics_path__', job.metricsPath],
    ['__scheme__', job.scheme],
    ...[...job.params].map(([name, values]): [string, string] => [`__param_${name}`, values[0] ?? '']),
  ];
  for (const [name, value] of defaults) if (!labels.get(name) && value !== '') labels.set(name, value);
  return labels;
}

function timesOf(labels: LabelMap): { intervalMs: number; timeoutMs: number; problem?: string } {
  const interval = labels.get('__scrape_interval__') ?? '';
  const timeout = labels.get('__scrape_timeout__') ?? '';
  const intervalMs = parseDurationMs(interval) ?? 0;
  const timeoutMs = parseDurationMs(timeout) ?? 0;
  const times = { intervalMs, timeoutMs };
  if (intervalMs === 0)
    return { ...times, problem: `scrape interval ${JSON.stringify(interval)} is no duration above 0` };
  if (timeoutMs === 0) return { ...times, problem: `scrape timeout ${JSON.stringify(timeout)} is no duration above 0` };
  if (timeoutMs > intervalMs) {
    return { ...times, problem: `scrape timeout cannot be greater than scrape interval (${timeout} > ${interval})` };
  }
  return times;
}

function urlOf(labels: LabelMap, job: ScrapeJob, address: string): string | undefined {
  const scheme = labels.get('__scheme__') ?? '';
  const url = scheme === 'http' || scheme === 'https' ? URL.parse(`${scheme}://${address}`) : null;
  if (url?.username !== '' || url.search !== '' || url.hash !== '') return undefined;
  url.pathname = labels.get('__metrics_path__') ?? '';
  const params = new Map([...job.params].map(([name, values]) => [name, [...values]]));
  for (const [name, value] of labels) {
    if (!name.startsWith('__param_')) continue;
    const key = name.slice('__param_'.length);
    params.set(key, [value, ...(params.get(key) ?? []).slice(1)]);
  }
  for (const name of [...params.keys()].sort())
    for (const value of params.get(name) ?? []) url.searchParams.append(name, value);
  return url.href;
}

function publicLabels(labels: LabelMap, address: string): Labels {
  const kept = [...labels].filter(([name]) => !name.startsWith('__'));
  return labelsFrom(labels.get('instance') ? kept : [...kept, ['instance', address]]);
}
