import { expect, test } from 'vitest';
import { logLine, printed } from './answer.ts';

test('a native histogram is told by its count and sum, at an instant and over a range', () => {
  const histogram = { count: '4', sum: '1.5', buckets: [] };
  const vector = [{ metric: { __name__: 'h' }, histogram: [60, histogram] }];
  expect(printed({ data: { resultType: 'vector', result: vector } }, 'csv')).toBe('series,value\nh,count=4 sum=1.5\n');
  const matrix = [{ metric: {}, values: [[120, '7']], histograms: [[60, histogram]] }];
  expect(printed({ data: { resultType: 'matrix', result: matrix } }, 'csv')).toBe(
    'series,time,value\n{},1970-01-01T00:01:00.000Z,count=4 sum=1.5\n{},1970-01-01T00:02:00.000Z,7\n',
  );
});

test('infinity and NaN are said as the server says them', () => {
  const matrix = [
    {
      metric: {},
      values: [
        [60, '2'],
        [120, '+Inf'],
      ],
    },
  ];
  expect(printed({ data: { resultType: 'matrix', result: matrix } }, 'text')).toBe(
    'series      last  min  max\n{}      ▁   +Inf  2    2\n',
  );
  expect(printed({ data: { resultType: 'scalar', result: [0, 'NaN'] } }, 'text')).toBe('NaN\n');
});

test('neither a label nor a level nor a service can command the terminal', () => {
  const line = logLine({ service_name: 'a\u001b[2J\nb', detected_level: '\u009b' }, '0', 'c\u0007');
  expect(line).toBe('1970-01-01T00:00:00.000Z  \\x9b   a\\x1b[2J\\x0ab  c\\x07\n');
});
