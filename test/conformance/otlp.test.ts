/**
 * OTLP's own examples (opentelemetry-proto), accepted over HTTP and read back whole: from the rows that would be stored,
 * the request is built again and compared with the example, field by field.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Attributes, AttributeType, LogRow, Resource, Scope, SpanRow } from '../../server/src/model/index.ts';
import { createOtlpReceiver, otlpHttpRoutes } from '../../server/src/receive/otlp/index.ts';
import { serve } from '../../server/src/receive/serve.testing.ts';
import { createSink, imbalance, labelLine } from '../../server/src/receive/sink.testing.ts';
import { reportTests } from './report.ts';

const folder = new URL('../../../shared/conformance/otlp/', import.meta.url);
const present = existsSync(folder);
if (!present) console.warn(`OTLP's examples are not at ${folder.pathname}; they are not run`);
reportTests('otlp');

const textOf = (name: string) => readFileSync(new URL(name, folder), 'utf8');

// The examples are of December 2018: the receiver's clock stands there too.
const exampleMs = 1_544_712_660_300;

async function send(name: string, path: string) {
  const sink = createSink({ nowMs: exampleMs });
  await using server = await serve(otlpHttpRoutes(createOtlpReceiver(sink)));
  const answer = await server.post(path, textOf(name), { 'content-type': 'application/json' });
  expect([answer.status, await answer.text()]).toEqual([200, '{}']);
  expect(imbalance(sink.ledger)).toEqual([]);
  return sink;
}

describe.runIf(present)("OTLP's examples", () => {
  test('trace.json comes back whole', async () => {
    const [span] = (await send('trace.json', '/v1/traces')).batches[0]?.spans ?? [];
    expect(span && traceOf(span)).toEqual(normalised(JSON.parse(textOf('trace.json'))));
  });

  test.each(['logs.json', 'events.json'])('%s comes back whole', async (name) => {
    const [row] = (await send(name, '/v1/logs')).batches[0]?.logs ?? [];
    expect(row && logOf(row)).toEqual(normalised(JSON.parse(textOf(name))));
  });

  test('metrics.json becomes the series that Prometheus would have', async () => {
    const sink = await send('metrics.json', '/v1/metrics');
    const common = 'job="my.service"';
    const service = 'service_name="my.service"';
    const at = `@${exampleMs}`;
    const histogram = `${common},my_histogram_attr="some value",${service}`;
    expect(sink.sampleLines()).toEqual([
      `my_counter_total{${common},my_counter_attr="some value",${service}} 5 ${at}`,
      `my_gauge_ratio{${common},my_gauge_attr="some value",${service}} 10 ${at}`,
      `my_histogram_count{${histogram}} 2 ${at}`,
      `my_histogram_sum{${histogram}} 2 ${at}`,
      `my_histogram_bucket{${common},le="1",my_histogram_attr="some value",${service}} 1 ${at}`,
      `my_histogram_bucket{${common},le="+Inf",my_histogram_attr="some value",${service}} 2 ${at}`,
    ]);
    const [native] = sink.batches[0]?.histograms ?? [];
    expect(labelLine(sink.labelsOf(native?.ref ?? -1))).toBe(
      `my_exponential_histogram{${common},my_exponential_histogram_attr="some value",${service}}`,
    );
    expect(native).toMatchObject({
      timeMs: exampleMs,
      histogram: { schema: 0, count: 3, sum: 10, zeroCount: 1, positiveSpans: [3, 1], positiveCounts: [2] },
    });
    expect(sink.batches[0]?.metadata?.map(({ metric, type, help }) => [metric, type, help])).toEqual([
      ['my_counter_total', 'counter', 'I am a Counter'],
      ['my_gauge_ratio', 'gauge', 'I am a Gauge'],
      ['my_histogram', 'histogram', 'I am a Histogram'],
      ['my_exponential_histogram', 'histogram', 'I am an Exponential Histogram'],
    ]);
  });
});

function traceOf(row: SpanRow) {
  return {
    resourceSpans: [
      {
        resource: resourceOf(row.resource),
        scopeSpans: [
          {
            scope: scopeOf(row.scope),
            spans: [
              {
                traceId: row.traceId,
                spanId: row.spanId,
                parentSpanId: row.parentSpanId,
                name: row.name,
                startTimeUnixNano: String(row.startNs),
                endTimeUnixNano: String(row.startNs + row.durationNs),
                kind: ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'].indexOf(row.kind),
                attributes: attributesOf(row.attributes),
              },
            ],
          },
        ],
      },
    ],
  };
}

function logOf(row: LogRow) {
  return {
    resourceLogs: [
      {
        resource: resourceOf(row.resource),
        scopeLogs: [
          {
            scope: scopeOf(row.scope),
            logRecords: [
              {
                ...(row.eventName !== '' && { eventName: row.eventName }),
                timeUnixNano: String(row.timeNs),
                observedTimeUnixNano: String(row.observedNs),
                severityNumber: row.severityNumber,
                severityText: row.severityText,
                ...(row.traceId !== '' && { traceId: row.traceId, spanId: row.spanId }),
                body: anyValueOf(row.body, row.bodyType),
                attributes: attributesOf(row.attributes),
              },
            ],
          },
        ],
      },
    ],
  };
}

const resourceOf = ({ attributes }: Resource) => ({ attributes: attributesOf(attributes) });
const scopeOf = ({ name, version, attributes }: Scope) => ({ name, version, attributes: attributesOf(attributes) });

function attributesOf({ keys, values, types }: Attributes) {
  return keys.map((key, i) => ({ key, value: anyValueOf(values[i] ?? '', types?.[i] ?? 'string') }));
}

function anyValueOf(text: string, type: AttributeType): unknown {
  switch (type) {
    case 'string':
      return { stringValue: text };
    case 'int':
      return { intValue: text };
    case 'double':
      return { doubleValue: Number(text) };
    case 'bool':
      return { boolValue: text === 'true' };
    case 'bytes':
      return { bytesValue: text };
    case 'array':
      return { arrayValue: JSON.parse(text) };
    case 'kvlist':
      return { kvlistValue: JSON.parse(text) };
    case 'empty':
      return {};
  }
}

/** Ids are case-insensitive in OTLP JSON; everything else must come back letter by letter. */
function normalised(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, item) =>
    /(trace|span)Id$/i.test(key) ? String(item).toLowerCase() : item,
  );
}
