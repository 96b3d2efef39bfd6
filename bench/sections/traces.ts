/** A trace by its id, and a search, among a minute's worth of spans at full speed. */
import type { TraceAnswer, TracesAnswer } from '@farol/contract';
import { get, median } from '../http.ts';
import { load, traceIdOf } from '../load/index.ts';
import { settled, withProduct } from '../product.ts';
import { count, digits, type Finding, milliseconds } from '../report.ts';
import type { Scale } from '../scale.ts';

const lanes = 24;
const seed = 3;
const asked = 40;

export function traces(scale: Scale): Promise<Finding> {
  return withProduct(async (product) => {
    const report = await load({
      url: product.otlpUrl,
      kind: 'spans',
      secondsMax: scale.ingestSeconds,
      itemsMax: Number.MAX_SAFE_INTEGER,
      leadMax: 1_000,
      plan: { lanes, seed },
    });
    const size = await settled(product, 'traces');
    const perLane = Math.floor(report.acknowledged / 10 / lanes);
    const byId: number[] = [];
    let whole = 0;
    for (let n = 0; n < asked; n++) {
      const id = traceIdOf(n % lanes, seed, Math.floor((perLane * 0.9 * n) / asked));
      const answer = await get(`${product.url}/api/traces/${id}`);
      if (answer.status !== 200) throw new Error(`trace ${id} answered ${answer.status}: ${answer.body}`);
      byId.push(answer.ms);
      if ((JSON.parse(answer.body.toString()) as TraceAnswer).spans.length === 10) whole++;
    }
    const range = `start=${Date.now() - 1_800_000}&end=${Date.now()}`;
    const rows = [
      [
        `a trace by id, ${asked} different`,
        milliseconds(Math.max(...byId)),
        milliseconds(median(byId)),
        `${whole} whole`,
      ],
    ];
    for (const [name, path] of [
      ['newest 20 of a service', `/api/traces?${range}&service=appointments&limit=20`],
      [
        'slowest 20 of an operation',
        `/api/traces?${range}&service=gateway&operation=${encodeURIComponent('POST /book')}&order=slowest&limit=20`,
      ],
      ['longer than 250 ms', `/api/traces?${range}&minDurationMs=250&limit=20`],
    ] as const) {
      const times: number[] = [];
      let found = 0;
      for (let run = 0; run < scale.repeats; run++) {
        const answer = await get(`${product.url}${path}`);
        if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${answer.body}`);
        times.push(answer.ms);
        found = (JSON.parse(answer.body.toString()) as TracesAnswer).traces.length;
      }
      rows.push([name, milliseconds(Math.max(...times)), milliseconds(median(times)), `${found} traces`]);
    }
    return {
      title: `Traces, among ${count(size.rows)} spans`,
      tables: [{ head: ['question', 'slowest', 'median', 'found'], rows }],
      notes: [`${digits(size.bytesOnDisk / size.rows, 1)} bytes a span.`],
    };
  });
}
