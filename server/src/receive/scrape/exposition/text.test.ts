import { expect, test } from 'vitest';
import { parseSeries } from './series.ts';
import type { ExposedSeries, Sink } from './sink.ts';
import { textParser } from './text.ts';

function read(body: string) {
  const samples: [labels: string, value: number, timeMs?: number][] = [];
  const told: string[] = [];
  const texts = new Map<ExposedSeries, string>();
  const sink: Sink = {
    series(text) {
      const series = {};
      texts.set(series, parseSeries(text, { loose: true }).join(' '));
      return series;
    },
    sample: (series, value, timeMs) =>
      samples.push([texts.get(series) ?? '', value, ...(timeMs === undefined ? [] : [timeMs])] as never),
    type: (family, type) => told.push(`TYPE ${family} ${type}`),
    help: (family, help) => told.push(`HELP ${family} ${help}`),
    unit: () => {},
  };
  const parser = textParser(body, sink);
  while (!parser.read(2));
  return { samples, told };
}

test('samples read as Prometheus reads them', () => {
  const f = (line: string, labels: string, value: number, timeMs?: number) =>
    expect(read(line).samples, line).toEqual([timeMs === undefined ? [labels, value] : [labels, value, timeMs]]);
  f('a 1\n', '__name__ a', 1);
  f('a 1', '__name__ a', 1);
  f('  a   1  \n', '__name__ a', 1);
  f('a{} 1\n', '__name__ a', 1);
  f('a { x = "1" , y="2", } 1.5e3\t123\n', '__name__ a x 1 y 2', 1500, 123);
  f('a{x="}{ # 5"} -0.5 -9\n', '__name__ a x }{ # 5', -0.5, -9);
  f('a{x="q\\"\\\\n\\n\\z"} +Inf\n', '__name__ a x q"\\n\n\\z', Number.POSITIVE_INFINITY);
  f('a:b_c NaN\n', '__name__ a:b_c', Number.NaN);
  f('{"a.b", "l l"="x", n="y"} 1\n', '__name__ a.b l l x n y', 1);
  f('a{x=""} .5\n', '__name__ a', 0.5);
  f('a{x="línea ☃"} 00001\n', '__name__ a x línea ☃', 1);
  f('a 9223372036854775807\n', '__name__ a', 2 ** 63);
});

test('comments that say something are read, and the others are not', () => {
  expect(read('# HELP a b \\\\ \\n c\n#  TYPE \t a\tcounter \n# just words\n#\n\n# TYPE b untyped\n').told).toEqual([
    'HELP a b \\ \n c',
    'TYPE a counter',
    'TYPE b unknown',
  ]);
});

test('what is broken is refused with its line', () => {
  const f = (body: string, problem: string | RegExp) => expect(() => read(body), body).toThrow(problem);
  f('a 1\nb\n', 'line 2: expected a number after the series: "b"');
  f('a 1 2 3\n', 'expected a whole number of milliseconds, and no more');
  f('a 1 1.5\n', 'whole number of milliseconds');
  f('a 0x10\n', 'expected a number');
  f('a 1_000\n', 'expected a number');
  f('a 1e\n', 'expected a number');
  f('a{x="1} 1\n', 'not closed');
  f('a{x="1"\n', 'not closed');
  f('a{x=1} 1\n', 'double quotes');
  f('a{x="1" y="2"} 1\n', 'comma');
  f('a{x="1",x="2"} 1\n', 'not unique');
  f('a{0x="1"} 1\n', 'not a valid name');
  f('a-b 1\n', 'not a valid name');
  f('a.b 1\n', 'not a valid name');
  f('{x="1"} 1\n', 'missing metric name');
  f('{"a","b"} 1\n', 'expected "="');
  f('# TYPE a thing\n', 'invalid metric type "thing"');
  f('a 1\r\n', 'expected a number');
});
