import { expect, test } from 'vitest';
import { boundText } from './le.ts';
import { labelName, metricName } from './names.ts';
import { unitWord } from './units.ts';

test('metric names read as prometheus/otlptranslator writes them', () => {
  const f = (name: string, unit: string, kind: 'gauge' | 'counter' | 'other', to: string) =>
    expect(metricName(name, unit, kind)).toBe(to);
  f('http.server.request.duration', 's', 'other', 'http_server_request_duration_seconds');
  f('requests', '', 'counter', 'requests_total');
  f('requests_total', '', 'counter', 'requests_total');
  f('cpu_usage', '1', 'gauge', 'cpu_usage_ratio');
  f('cpu_usage_ratio', '1', 'gauge', 'cpu_usage_ratio');
  f('items', '1', 'counter', 'items_total');
  f('response_time', 'ms', 'gauge', 'response_time_milliseconds');
  f('response_time_seconds', 's', 'gauge', 'response_time_seconds');
  f('memory_usage', 'By', 'gauge', 'memory_usage_bytes');
  f('requests', '1/s', 'gauge', 'requests_per_second');
  f('throughput', 'By/s', 'gauge', 'throughput_bytes_per_second');
  f('custom_metric', '{custom}', 'gauge', 'custom_metric');
  f('custom_metric', 'By/{custom}', 'gauge', 'custom_metric_bytes');
  f('cpu_seconds_total', 's', 'counter', 'cpu_seconds_total');
  f('metric__with__multiple', 'unit__two', 'gauge', 'metric_with_multiple_unit_two');
  f('custom_metric', 'unit@with#special/chars', 'gauge', 'custom_metric_unit_with_special_per_chars');
  f('123metric', '', 'gauge', '_123metric');
  f('active_connections', '', 'other', 'active_connections');
  f('system.cpu.total.time', 's', 'counter', 'system_cpu_time_seconds_total');
  f('@#$%', '', 'gauge', '');
  f('', 's', 'gauge', '');
});

test('units read in words', () => {
  const f = (unit: string, to: string) => expect(unitWord(unit)).toBe(to);
  f('s', 'seconds');
  f('By/s', 'bytes_per_second');
  f('1', '');
  f('{request}', '');
  f('1/s', 'per_second');
});

test('label names are escaped character by character', () => {
  const f = (attribute: string, to: string) => expect(labelName(attribute)).toBe(to);
  f('http.request.method', 'http_request_method');
  f('label:with:colons', 'label_with_colons');
  f('label!with&special$chars)', 'label_with_special_chars_');
  f('label_with_foreign_characters_字符', 'label_with_foreign_characters___');
  f('123label', 'key_123label');
  f('_label', 'key_label');
  f('__reserved__', '__reserved__');
  f('ようこそ', '');
  f('', '');
});

test('bounds read as Go writes floats, without an exponent', () => {
  const f = (bound: number, to: string) => expect(boundText(bound)).toBe(to);
  f(0.005, '0.005');
  f(5, '5');
  f(1e21, '1000000000000000000000');
  f(1.5e22, '15000000000000000000000');
  f(1e-7, '0.0000001');
  f(-2.5e-9, '-0.0000000025');
  f(Number.POSITIVE_INFINITY, '+Inf');
});
