import { expect, test } from 'vitest';
import { labelPairs, labelsFrom } from '#model';
import { all, exemplar, family, labelled, nativeHistogram, timestamp } from '../testing/families.ts';
import { type ProtobufOptions, protobufParser } from './protobuf.ts';
import { parseSeries } from './series.ts';
import type { ExposedSeries, HistogramSink } from './sink.ts';

const nowMs = 1_700_000_000_123;

function read(body: Buffer, given: Partial<ProtobufOptions> = {}) {
  const options = { native: true, classicToo: false, convert: false, ...given };
  const samples: string[] = [];
  const natives: [string, object][] = [];
  const exemplars: string[] = [];
  const told: string[] = [];
  const begun: string[] = [];
  const texts = new Map<ExposedSeries, string>();
  const nameOf = (series: ExposedSeries) => texts.get(series) ?? '';
  const sink: HistogramSink = {
    series(text) {
      const series = {};
      texts.set(series, lineOf(parseSeries(text, { loose: false })));
      return series;
    },
    sample(series, value, timeMs, told) {
      samples.push(`${nameOf(series)} ${value}${timeMs === undefined ? '' : ` @${timeMs}`}`);
      if (told) exemplars.push(`${told.labels} ${told.value} ${told.timeMs}`);
    },
    histogram(series, histogram, timeMs, all) {
      natives.push([`${nameOf(series)}${timeMs === undefined ? '' : ` @${timeMs}`}`, histogram]);
      for (const one of all) exemplars.push(`${one.labels} ${one.value} ${one.timeMs}`);
    },
    began: (series, startMs) => void begun.push(`${nameOf(series)} @${startMs}`),
    type: (name, type) => void told.push(`${name} ${type}`),
    help: (name, help) => void told.push(`${name}: ${help}`),
    unit: (name, unit) => void told.push(`${name} in ${unit}`),
  };
  const parser = protobufParser(body, sink, options);
  while (!parser.read(2));
  return { samples, natives, exemplars, told, begun };
}

function lineOf(labels: readonly string[]): string {
  const pairs = [...labelPairs(labelsFrom(labelPairs(labels)))];
  return pairs.map(([name, value]) => (name === '__name__' ? value : `${name}=${JSON.stringify(value)}`)).join(' ');
}

test('counters, gauges and untyped values come with their labels, times and exemplars', () => {
  const traced = exemplar({ trace_id: 'abc' }, 0.5, nowMs);
  const body = Buffer.concat([
    family(
      { name: 'orders_total', type: 'counter', help: 'Orders "taken".\n', unit: 'orders' },
      all(labelled({ plan: 'pro "x"\\\n☃', 'label.dots': 'é' }, nowMs), (into) =>
        into.message(3, (counter) =>
          counter
            .double(1, 42)
            .message(2, traced)
            .message(3, timestamp(nowMs - 60_000)),
        ),
      ),
    ),
    family(
      { name: 'resource.cpu', type: 'gauge' },
      all(labelled({}), (into) => into.message(2, (g) => g.double(1, Number.NaN))),
    ),
    family({ name: 'odd', type: 'untyped' }, (into) => into.message(5, (value) => value.double(1, -0.5))),
    // The type is left out when it is the first of the enum.
    family({ name: 'plain_total' }, (into) => into.message(3, (counter) => counter.double(1, 1))),
    family({ name: 'nothing', type: 'gauge' }),
  ]);
  const found = read(body);
  expect(found.samples).toEqual([
    `orders_total label.dots="é" plan="pro \\"x\\"\\\\\\n☃" 42 @${nowMs}`,
    'resource.cpu NaN',
    'odd -0.5',
    'plain_total 1',
  ]);
  expect(found.begun).toEqual([`orders_total label.dots="é" plan="pro \\"x\\"\\\\\\n☃" @${nowMs - 60_000}`]);
  expect(found.exemplars).toEqual([`{"trace_id"="abc"} 0.5 ${nowMs}`]);
  expect(found.told.slice(0, 3)).toEqual([
    'orders_total counter',
    'orders_total: Orders "taken".\n',
    'orders_total in orders',
  ]);
  expect(found.told.slice(3)).toEqual(['resource.cpu gauge', 'odd unknown', 'plain_total counter', 'nothing gauge']);
});

test('summaries and classic histograms become the series that the text formats have', () => {
  const quantile = (at: number, value: number) => (into: Parameters<ReturnType<typeof labelled>>[0]) =>
    into.message(3, (q) => q.double(1, at).double(2, value));
  const bucket = (count: number, bound: number) => (into: Parameters<ReturnType<typeof labelled>>[0]) =>
    into.message(3, (b) =>
      b
        .varint(1, count)
        .double(2, bound)
        .message(3, exemplar({ id: '1' }, bound)),
    );
  const body = Buffer.concat([
    family(
      { name: 's', type: 'summary' },
      all(labelled({ a: 'b' }), (into) =>
        into.message(
          4,
          all((s) => s.varint(1, 3).double(2, 1.5), quantile(0.5, 0.1), quantile(1, 9)),
        ),
      ),
    ),
    family({ name: 'h', type: 'histogram' }, (into) =>
      into.message(
        7,
        all((h) => h.varint(1, 5).double(2, 7.5), bucket(2, 0.00001), bucket(4, 1)),
      ),
    ),
  ]);
  const { samples, exemplars, natives } = read(body);
  expect(samples).toEqual([
    's a="b" quantile="0.5" 0.1',
    's a="b" quantile="1.0" 9',
    's_sum a="b" 1.5',
    's_count a="b" 3',
    'h_bucket le="1e-05" 2',
    'h_bucket le="1.0" 4',
    'h_bucket le="+Inf" 5',
    'h_sum 7.5',
    'h_count 5',
  ]);
  expect(exemplars).toEqual(['{"id"="1"} 0.00001 undefined', '{"id"="1"} 1 undefined']);
  expect(natives).toEqual([]);
});

test('native histograms are taken when the job wants them, and their classic buckets when it wants both', () => {
  const classic = (into: Parameters<ReturnType<typeof labelled>>[0]) =>
    into.message(3, (b) => b.varint(1, 2).double(2, 1));
  const withExemplars = all(
    (into) => into.message(16, exemplar({ trace_id: 'a' }, 1.5, nowMs)),
    (into) => into.message(16, exemplar({ trace_id: 'no time' }, 1.5)),
  );
  const both = family(
    { name: 'h', type: 'histogram' },
    all(labelled({ a: 'b' }), (into) => into.message(7, all(nativeHistogram([2, 5]), classic, withExemplars))),
  );
  const expected = {
    schema: 0,
    count: 8,
    sum: 18,
    zeroCount: 1,
    zeroThreshold: 1e-128,
    positiveSpans: [1, 2],
    positiveCounts: [2, 5],
    negativeSpans: [],
    negativeCounts: [],
    customBounds: [],
    resetHint: 'unknown',
  };
  const native = read(both);
  expect(native).toMatchObject({ samples: [], natives: [['h a="b"', expected]] });
  expect(native.exemplars).toEqual([`{"trace_id"="a"} 1.5 ${nowMs}`]);
  const classicNames = ['h_bucket a="b" le="1.0" 2', 'h_bucket a="b" le="+Inf" 8', 'h_sum a="b" 18', 'h_count a="b" 8'];
  expect(read(both, { classicToo: true })).toMatchObject({
    samples: classicNames,
    natives: native.natives,
  });
  expect(read(both, { native: false })).toMatchObject({ samples: classicNames, natives: [] });
  // What is native is not converted; what is not taken as native is.
  expect(read(both, { convert: true })).toMatchObject({ samples: [], natives: native.natives });
  const custom = { ...expected, schema: -53, zeroCount: 0, zeroThreshold: 0 };
  const converted = { ...custom, positiveSpans: [0, 2], positiveCounts: [2, 6], customBounds: [1] };
  const natives = [['h a="b"', converted]];
  expect(read(both, { native: false, convert: true })).toMatchObject({ samples: [], natives });
  expect(read(both, { native: false, convert: true, classicToo: true })).toMatchObject({
    samples: classicNames,
    natives,
  });
});

test('gauge histograms, float counts, packed buckets and empty native histograms are read', () => {
  const floats = family({ name: 'g', type: 'gaugehistogram' }, (into) =>
    into.message(7, (h) =>
      h
        .double(4, 5.5)
        .double(2, 1)
        .zigzag(5, 2)
        .double(6, 0.5)
        .double(8, 1.5)
        .message(9, (span) => span.zigzag(1, -2).varint(2, 1))
        .packedDoubles(11, [1.5])
        .message(12, (span) => span.zigzag(1, 0).varint(2, 2))
        .packedDoubles(14, [1, 1.5]),
    ),
  );
  const empty = family({ name: 'e', type: 'histogram' }, (into) =>
    into.message(7, (h) => h.varint(1, 0).message(12, (span) => span.zigzag(1, 0).varint(2, 0))),
  );
  const { natives } = read(Buffer.concat([floats, empty]));
  expect(natives).toMatchObject([
    [
      'g',
      {
        resetHint: 'gauge',
        count: 5.5,
        zeroCount: 1.5,
        negativeSpans: [-2, 1],
        negativeCounts: [1.5],
        positiveCounts: [1, 1.5],
      },
    ],
    ['e', { count: 0, positiveSpans: [], positiveCounts: [] }],
  ]);
});

test('damaged bodies are a problem with words, never a crash', () => {
  const body = Buffer.concat([
    family(
      { name: 'a', type: 'counter', help: 'h' },
      all(labelled({ x: 'y' }), (into) => into.message(3, (c) => c.double(1, 1))),
    ),
    family({ name: 'h', type: 'histogram' }, (into) => into.message(7, nativeHistogram([1, 2]))),
  ]);
  expect(() => read(family({ name: '' }))).toThrow('a metric family has no name');
  expect(() => read(body.subarray(0, body.length - 1))).toThrow(/protobuf ends inside/);
  expect(() => read(Buffer.from('# HELP text, not protobuf\na 1\n'))).toThrow(/protobuf/);
  for (let at = 0; at < body.length; at++) {
    for (const bit of [1, 8, 128]) {
      const copy = Buffer.from(body);
      copy[at] = (copy[at] ?? 0) ^ bit;
      try {
        read(copy);
      } catch (error) {
        expect((error as Error).name).toBe('ExpositionProblem');
      }
    }
  }
});
