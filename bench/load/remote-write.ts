/**
 * Remote write as Prometheus sends it: 2,000 samples a request, each in a TimeSeries of its own with all its labels,
 * snappy-compressed. A shard owns some of the instances and sends their samples in order.
 */

import { type BenchSeries, benchSeries, seriesPerInstance, Values } from './series.ts';
import { compressAround } from './snappy.ts';
import type { Body, Source } from './source.ts';
import { type Template, writeTimeVarint } from './template.ts';
import { requestTemplate, type WriteVersion, writeHeaders } from './write-request.ts';

const samplesPerRequest = 2_000;

export interface RemoteWritePlan {
  readonly instances: number;
  readonly shards: number;
  readonly firstMs: number;
  /** A request holds `roundsPerRequest` steps; none is begun after this. */
  readonly lastMs: number;
  readonly stepMs: number;
  /** Of the protocol; 1 when it is not said. */
  readonly version?: WriteVersion;
}

/** Whole instances, so that a histogram's buckets stay together. */
const instancesPerShard = ({ instances, shards }: { instances: number; shards: number }) =>
  Math.ceil(instances / shards);

export function roundsPerRequest(plan: { instances: number; shards: number }): number {
  return Math.max(1, Math.floor(samplesPerRequest / (instancesPerShard(plan) * seriesPerInstance)));
}

export function remoteWriteSource(plan: RemoteWritePlan): Source {
  const all = benchSeries(plan.instances);
  const perShard = instancesPerShard(plan) * seriesPerInstance;
  const lanes: (() => Body | undefined)[] = [];
  for (let first = 0; first < all.length; first += perShard) {
    lanes.push(shardOf(all.slice(first, first + perShard), lanes.length, plan));
  }
  return { path: '/prometheus/api/v1/write', headers: writeHeaders(plan.version), lanes };
}

function shardOf(series: readonly BenchSeries[], seed: number, plan: RemoteWritePlan): () => Body | undefined {
  const rounds = roundsPerRequest(plan);
  const template = compressAround(requestTemplate(series, { rounds, version: plan.version }));
  const values = new Values(series, seed + 1);
  let timeMs = plan.firstMs;
  return () => {
    if (timeMs > plan.lastMs) return undefined;
    const body = filled(template, { series, values, rounds, timeMs, stepMs: plan.stepMs });
    timeMs += rounds * plan.stepMs;
    return body;
  };
}

interface Filling {
  readonly series: readonly BenchSeries[];
  readonly values: Values;
  readonly rounds: number;
  /** Of the first round. */
  readonly timeMs: number;
  readonly stepMs: number;
}

/** Hot. */
function filled(template: Template, { series, values, rounds, timeMs, stepMs }: Filling): Body {
  const bytes = Buffer.from(template.bytes);
  let hole = 0;
  for (let round = 0; round < rounds; round++) {
    for (let index = 0; index < series.length; index++) {
      bytes.writeDoubleLE(values.next(index), template.holes[hole++]?.at ?? 0);
      writeTimeVarint(bytes, template.holes[hole++]?.at ?? 0, timeMs + round * stepMs);
    }
  }
  return { bytes, items: rounds * series.length };
}
