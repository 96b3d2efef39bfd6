/**
 * Remote write as Prometheus sends it: 2,000 samples a request, each in a TimeSeries of its own with all its labels,
 * snappy-compressed. A shard owns some of the series and sends its samples in order.
 */

import { type BenchSeries, benchSeries, seriesPerInstance, Values } from './series.ts';
import { compressAround } from './snappy.ts';
import type { Body, Source } from './source.ts';
import { type Template, TemplateWriter, writeTimeVarint } from './template.ts';

const samplesPerRequest = 2_000;

export function roundsPerRequest({ instances, shards }: { instances: number; shards: number }): number {
  return Math.max(1, Math.floor(samplesPerRequest / ((instances * seriesPerInstance) / shards)));
}

export interface RemoteWritePlan {
  readonly instances: number;
  readonly shards: number;
  readonly firstMs: number;
  /** A request holds `roundsPerRequest` steps; none is begun after this. */
  readonly lastMs: number;
  readonly stepMs: number;
}

export function remoteWriteSource(plan: RemoteWritePlan): Source {
  const all = benchSeries(plan.instances);
  const perShard = Math.ceil(all.length / plan.shards);
  const shards = Array.from({ length: plan.shards }, (_, n) =>
    shardOf(all.slice(n * perShard, (n + 1) * perShard), n, plan),
  );
  return {
    path: '/prometheus/api/v1/write',
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
      'user-agent': 'farol-bench',
    },
    lanes: shards,
  };
}

function shardOf(series: readonly BenchSeries[], seed: number, plan: RemoteWritePlan): () => Body | undefined {
  const rounds = roundsPerRequest(plan);
  const template = compressAround(templateOf(series, rounds));
  const values = new Values(series, seed + 1);
  let timeMs = plan.firstMs;
  return () => {
    if (timeMs > plan.lastMs) return undefined;
    const bytes = Buffer.from(template.bytes);
    let hole = 0;
    for (let round = 0; round < rounds; round++) {
      for (let index = 0; index < series.length; index++) {
        bytes.writeDoubleLE(values.next(index), template.holes[hole++]?.at ?? 0);
        writeTimeVarint(bytes, template.holes[hole++]?.at ?? 0, timeMs);
      }
      timeMs += plan.stepMs;
    }
    return { bytes, items: rounds * series.length };
  };
}

function templateOf(series: readonly BenchSeries[], rounds: number): Template {
  const writer = new TemplateWriter();
  for (let round = 0; round < rounds; round++) {
    for (const { labels } of series) {
      writer.message(1, (one) => {
        for (const [name, value] of labels) one.message(1, (label) => label.text(1, name).text(2, value));
        one.message(2, (sample) => sample.tag(1, 1).hole(8).tag(2, 0).hole(6));
      });
    }
  }
  return writer.finish();
}
