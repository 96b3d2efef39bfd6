/** Expected values are what Prometheus' own parser (model/textparse, v3.5) makes of the same body. */
import { expect, test } from 'vitest';
import type { NativeHistogram } from '#model';
import { ClassicMemory, convertingSink } from './conversion.ts';
import { openMetricsParser } from './openmetrics.ts';
import { parseSeries } from './series.ts';
import type { ExemplarText, ExposedSeries, HistogramSink } from './sink.ts';
import { textParser } from './text.ts';

const body = `# HELP h Help.
# TYPE h histogram
h_bucket{a="x",le="0.1"} 2
h_bucket{a="x",le="0.5"} 2
h_bucket{a="x",le="1"} 2
h_bucket{a="x",le="2.5"} 2
h_bucket{a="x",le="5"} 7
h_bucket{a="x",le="10"} 7
h_bucket{a="x",le="+Inf"} 7
h_sum{a="x"} 12.5
h_count{a="x"} 7
h_bucket{a="y",le="10"} 3
h_bucket{a="y",le="1"} 1
h_sum{a="y"} 4
h_count{a="y"} 5
h_created{a="y"} 4
h_bucket{a="half",le="1"} 0.5
h_bucket{a="half",le="2"} 0.5
h_bucket{a="half",le="+Inf"} 1.5
h_sum{a="half"} 1
h_bucket{a="falls",le="1"} 5
h_bucket{a="falls",le="2"} 4
h_count{a="falls"} 5
h_count{a="differs"} 5
h_bucket{a="differs",le="+Inf"} 4
h_sum{a="alone"} 3
h_bucket{a="empty",le="1"} 0
h_bucket{a="empty",le="+Inf"} 0
h_bucket{a="gap",le="1"} 1
h_bucket{a="gap",le="2"} 1
h_bucket{a="gap",le="3"} 1
h_bucket{a="gap",le="+Inf"} 2
h_bucket{a="no bound"} 1
h_bucket{a="bad",le="x"} 1
h_other 1
# TYPE g gauge
g_bucket{le="1"} 1
g 2
# TYPE last histogram
last_bucket{le="1"} 1
`;

function read(
  text: string,
  { classicToo, format = textParser }: { classicToo: boolean; format?: typeof openMetricsParser },
) {
  const loose = format === textParser;
  const samples: string[] = [];
  const natives: [series: string, ...parts: unknown[]][] = [];
  const exemplars: (readonly ExemplarText[])[] = [];
  const refused: string[] = [];
  const texts = new Map<ExposedSeries, string>();
  const inner: HistogramSink = {
    series(line) {
      const series = {};
      texts.set(series, parseSeries(line, { loose: true }).slice(1).join(' '));
      return series;
    },
    sample: (series, value) => void samples.push(`${texts.get(series)} ${value}`),
    histogram(series, h: NativeHistogram, _, told) {
      natives.push([texts.get(series) ?? '', h.count, h.sum, h.positiveSpans, h.positiveCounts, h.customBounds]);
      exemplars.push(told);
    },
    type: () => {},
    help: () => {},
    unit: () => {},
  };
  const sink = convertingSink(inner, {
    memory: new ClassicMemory(),
    syntax: { loose },
    classicToo,
    onRefused: (histogram, problem) => refused.push(`${histogram} ${problem}`),
  });
  const parser = format(text, sink);
  while (!parser.read(2));
  sink.end();
  return { samples, natives, exemplars, refused };
}

test('what is typed as a histogram becomes one with custom bounds, and its parts are taken when they are wanted', () => {
  const natives = [
    ['h a x', 7, 12.5, [0, 1, 3, 1], [2, 5], [0.1, 0.5, 1, 2.5, 5, 10]],
    ['h a y', 5, 4, [0, 3], [1, 2, 2], [1, 10]],
    ['h a half', 1.5, 1, [0, 1, 1, 1], [0.5, 1], [1, 2]],
    ['h a alone', 0, 3, [], [], []],
    ['h a empty', 0, 0, [], [], [1]],
    ['h a gap', 2, 0, [0, 4], [1, 0, 0, 1], [1, 2, 3]],
    ['last', 1, 0, [0, 1], [1], [1]],
  ];
  const others = [
    'h_created a y 4',
    'h_bucket a no bound 1',
    'h_bucket a bad le x 1',
    'h_other 1',
    'g_bucket le 1 1',
    'g 2',
  ];
  const converted = read(body, { classicToo: false });
  expect(converted.natives).toEqual(natives);
  expect(converted.samples).toEqual(others);
  expect(converted.refused).toEqual([
    '{"h","a"="falls"} bucket counts fall from 5 to 4',
    '{"h","a"="differs"} a histogram has count 5, and 4 in its buckets',
  ]);
  const both = read(body, { classicToo: true });
  expect(both.natives).toEqual(natives);
  expect(both.samples).toHaveLength(body.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length);
});

test('exemplars with a time go to the histogram', () => {
  const { exemplars } = read(
    '# TYPE h histogram\nh_bucket{le="1.0"} 1 # {id="1"} 0.5 1.5\nh_bucket{le="+Inf"} 2 # {id="2"} 3\nh_count 2\nh_sum 4\n# EOF\n',
    { classicToo: false, format: openMetricsParser },
  );
  expect(exemplars).toEqual([[{ labels: '{id="1"}', value: 0.5, timeMs: 1500 }]]);
});
