// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are templates of Go, not of JavaScript.
import { expect, test } from 'vitest';
import { readScrapeConfig } from './config/index.ts';
import { relabel } from './relabel.ts';
import { expandTemplate } from './template.ts';

/** Rules as they are written in prometheus.yml, one per line. */
function rulesOf(...rules: string[]) {
  const yaml = `scrape_configs: [{ job_name: t, metric_relabel_configs: [${rules.map((rule) => `{ ${rule} }`).join(',')}] }]`;
  return readScrapeConfig(yaml, { baseDir: '/' }).jobs[0]?.metricRelabelRules ?? [];
}

function after(labels: Record<string, string>, ...rules: string[]): Record<string, string> | 'dropped' {
  const map = new Map(Object.entries(labels));
  return relabel(map, rulesOf(...rules)) ? Object.fromEntries(map) : 'dropped';
}

test('replace expands groups into the target and the value', () => {
  const labels = { a: 'foo', b: 'bar' };
  expect(after(labels, 'source_labels: [a], regex: "f(.*)", target_label: d, replacement: "ch${1}-ch${1}"')).toEqual({
    ...labels,
    d: 'choo-choo',
  });
  expect(
    after(labels, 'source_labels: [a, b], regex: "(f).*;(.*)r", target_label: "$1", replacement: "b${2}m"'),
  ).toEqual({ ...labels, f: 'bbam' });
  expect(after(labels, 'source_labels: [a], regex: "nothing", target_label: d')).toEqual(labels);
  expect(after(labels, 'source_labels: [a], regex: ".*", target_label: b, replacement: ""')).toEqual({ a: 'foo' });
  expect(after(labels, 'target_label: c, replacement: fixed')).toEqual({ ...labels, c: 'fixed' });
  expect(after(labels, 'source_labels: [a], regex: "(?P<word>f)oo", target_label: c, replacement: "${word}!"')).toEqual(
    { ...labels, c: 'f!' },
  );
});

test('keep and drop match the whole value', () => {
  expect(after({ a: 'foo' }, 'source_labels: [a], regex: foo, action: keep')).toEqual({ a: 'foo' });
  expect(after({ a: 'foobar' }, 'source_labels: [a], regex: foo, action: keep')).toBe('dropped');
  expect(after({ a: 'foo' }, 'source_labels: [a], regex: "f.*", action: drop')).toBe('dropped');
  expect(after({ a: 'a\nb' }, 'source_labels: [a], regex: "a.b", action: drop')).toBe('dropped');
  expect(after({ a: 'x', b: 'x' }, 'source_labels: [a], target_label: b, action: keepequal')).toEqual({
    a: 'x',
    b: 'x',
  });
  expect(after({ a: 'x', b: 'y' }, 'source_labels: [a], target_label: b, action: keepequal')).toBe('dropped');
  expect(after({ a: 'x', b: 'x' }, 'source_labels: [a], target_label: b, action: dropequal')).toBe('dropped');
});

test('hashmod gives the shards that Prometheus gives', () => {
  expect(
    after({ a: 'foo', b: 'bar', c: 'baz' }, 'source_labels: [c], target_label: d, action: hashmod, modulus: 1000'),
  ).toMatchObject({ d: '976' });
  expect(after({ a: 'foo\nbar' }, 'source_labels: [a], target_label: b, action: hashmod, modulus: 1000')).toMatchObject(
    { b: '734' },
  );
});

test('labelmap, labeldrop, labelkeep and the cases work on names and values', () => {
  const labels = { __meta_my_bar: 'aaa', __meta_my_baz: 'bbb', __meta_other: 'ccc', foo: 'bAr123Foo' };
  expect(after(labels, 'regex: "__meta_(my.*)", action: labelmap, replacement: "${1}"')).toEqual({
    ...labels,
    my_bar: 'aaa',
    my_baz: 'bbb',
  });
  expect(after(labels, 'regex: "__meta_.*", action: labeldrop')).toEqual({ foo: 'bAr123Foo' });
  expect(after(labels, 'regex: "foo", action: labelkeep')).toEqual({ foo: 'bAr123Foo' });
  expect(after(labels, 'source_labels: [foo], action: uppercase, target_label: up')).toMatchObject({ up: 'BAR123FOO' });
  expect(after(labels, 'source_labels: [foo], action: Lowercase, target_label: down')).toMatchObject({
    down: 'bar123foo',
  });
});

test('templates read as Go reads them', () => {
  const group = (name: string) => ({ '0': 'all', '1': 'one', word: 'w' })[name] ?? '';
  const f = (template: string, text: string) => expect(expandTemplate(template, group), template).toBe(text);
  f('$1', 'one');
  f('${1}x', 'onex');
  f('$1x', '');
  f('$word-$0', 'w-all');
  f('$$1', '$1');
  f('$', '$');
  f('a$ b', 'a$ b');
  f('${', '${');
  f('${}', '${}');
  f('$2', '');
});
