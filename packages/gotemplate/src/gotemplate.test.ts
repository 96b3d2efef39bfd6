import { expect, test } from 'vitest';
import { asLabels, asStruct, Execution, isBuiltin, parseTemplate, type Value } from './index.ts';

function run(template: string, dot: Value = undefined, limits = { textMax: 10_000, stepsMax: 1_000 }): string {
  const execution = new Execution({ functions: new Map(), ctx: { textMax: limits.textMax }, limits });
  return execution.run(parseTemplate(template, 't', isBuiltin), dot);
}

test('named templates run where they are called, with their own variables', () => {
  expect(run('{{ define "a" }}<{{ . }}>{{ end }}{{ template "a" 1 }}{{ template "a" "x" }}{{ template "a" }}')).toBe(
    '<1><x><<no value>>',
  );
  expect(run('{{ template "a" . }}{{ define "a" }}{{ printf "%d!" . }}{{ end }}', 7n)).toBe('7!');
  expect(run('{{ block "b" 2 }}[{{ . }}]{{ end }}{{ template "b" 3 }}')).toBe('[2][3]');
  expect(run('{{ $x := 1 }}{{ define "a" }}{{ $x := 2 }}{{ $x }}{{ end }}{{ template "a" }}{{ $x }}')).toBe('21');
});

test('what is wrong with a named template is said', () => {
  expect(() => run('{{ template "a" }}')).toThrow('template "a" not defined');
  expect(() => run('{{ $x := 1 }}{{ define "a" }}{{ $x }}{{ end }}')).toThrow('undefined variable "$x"');
  expect(() => run('{{ if true }}{{ define "a" }}{{ end }}{{ end }}')).toThrow('unexpected {{define}}');
  expect(() => run('{{ define "a" }}')).toThrow('unexpected EOF');
  expect(() => run('{{ template a }}')).toThrow('unexpected "a" in template clause');
});

test('a template that runs itself comes to an end, by its depth or by its steps', () => {
  const endless = '{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}';
  expect(() => run(endless)).toThrow('exceeded maximum template depth (100)');
  expect(() => run('{{ range $i, $x := 900000 }}x{{ end }}')).toThrow(/steps/);
  expect(() => run('{{ printf "%9999s" "x" }}{{ printf "%9999s" "x" }}')).toThrow(/the text is longer/);
});

test('a label that is not there is empty, a field that is not there is a mistake', () => {
  const labels = asLabels(new Map([['a', '1']]));
  expect(run('{{ .Labels.a }}{{ .Labels.b }}', asStruct(new Map([['Labels', labels]])))).toBe('1');
  expect(() => run('{{ .Labls.a }}', asStruct(new Map([['Labels', labels]])))).toThrow("can't evaluate field Labls");
});
