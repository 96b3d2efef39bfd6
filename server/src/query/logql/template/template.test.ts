import { expect, test } from 'vitest';
import { logqlOver } from '../lines.testing.ts';

/** What `line_format` makes of one line with these labels. */
async function formatted(template: string): Promise<string> {
  const line = {
    atMs: 1_767_225_600_123,
    line: 'a=1 took=1.5s size=2KB msg="Hello  World" json="{\\"x\\":[1,{\\"y\\":\\"z\\"}]}"',
  };
  const { logql } = logqlOver([line]);
  const { signal } = new AbortController();
  const text = `{app="a"} | logfmt | line_format ${JSON.stringify(template)}`;
  const endNs = BigInt(line.atMs + 1) * 1_000_000n;
  const { value } = await logql.query({ kind: 'range', tenant: '', text, startNs: 0n, endNs, stepMs: 1000, signal });
  const entry = value.kind === 'streams' ? value.entries[0] : undefined;
  const details = entry?.labels.parsed[entry.labels.parsed.indexOf('__error_details__') + 1];
  return entry?.labels.parsed.includes('TemplateFormatErr') ? `! ${details}` : (entry?.line ?? '');
}

test('templates format lines as Go and Loki do', async () => {
  const f = async (template: string, expected: string) =>
    expect([template, await formatted(template)]).toEqual([template, expected]);
  await f('{{.app}}-{{ .missing }}.', 'a-.');
  await f('{{ .msg | ToUpper | trunc 5 }}', 'HELLO');
  await f('a {{- " b " -}} c', 'a b c');
  await f('{{/* nothing */}}x', 'x');
  await f('{{ if eq .a "1" }}one{{ else if eq .a "2" }}two{{ else }}many{{ end }}', 'one');
  await f('{{ with .missing }}{{ . }}{{ else }}none{{ end }}', 'none');
  await f('{{ $x := .a }}{{ if true }}{{ $x = "2" }}{{ end }}{{ $x }}', '2');
  await f('{{ range $i, $c := (fromJson .json).x }}{{ $i }}={{ $c }} {{ end }}', '0=1 1=map[y:z] ');
  await f('{{ add .a 2 3 }} {{ div 7 2 }} {{ mod 7 4 }} {{ subf 1.5 0.5 1 }} {{ max 1 9 3 }}', '6 3 3 0 9');
  await f('{{ divf 10 4 }} {{ mulf 1000000 1 }} {{ round 2.567 2 }}', '2.5 1e+06 2.57');
  await f('{{ printf "%5s|%-4d|%.2f|%q|%v" .a (int .a) (float64 .a) .app true }}', '    1|1   |1.00|"a"|true');
  await f('{{ duration .took }} {{ bytes .size }}', '1.5 2000');
  await f('{{ regexReplaceAll "(l+)o" .msg "<$1>" }}', 'He<ll>  World');
  await f('{{ regexReplaceAllLiteral "l+" .msg "$1" }}', 'He$1o  Wor$1d');
  await f('{{ count "o" .msg }} {{ contains "World" .msg }} {{ hasPrefix "He" .msg }}', '2 true true');
  await f('{{ Replace .msg "l" "L" 2 }} {{ replace "l" "" .msg }}', 'HeLLo  World Heo  Word');
  await f('{{ substr 1 4 .msg }}|{{ trimPrefix "He" .msg }}|{{ TrimSuffix .msg "ld" }}', 'ell|llo  World|Hello  Wor');
  await f('{{ alignLeft 3 .msg }}|{{ alignRight 4 .a }}|{{ repeat 3 .a }}|{{ indent 2 .a }}', 'Hel|   1|111|  1');
  await f(
    '{{ b64enc .a }} {{ b64dec "aGk" }} {{ urlencode "a b&c" }} {{ urldecode "a+b%26c" }}',
    'MQ== hi a+b%26c a b&c',
  );
  await f('{{ __timestamp__ | date "2006-01-02T15:04:05.000Z07:00" }}', '2026-01-01T00:00:00.123Z');
  await f(
    '{{ __timestamp__ | unixEpochMillis }} {{ unixEpoch (toDate "2006-01-02" "2026-01-01") }}',
    '1767225600123 1767225600',
  );
  await f('{{ unixToTime "1767225600" }}', '2026-01-01 00:00:00 +0000 UTC');
  await f('{{ toDateInZone "2006-01-02 15:04" "America/Sao_Paulo" "2026-01-01 00:00" | unixEpoch }}', '1767236400');
  await f('{{ default "x" .missing }} {{ len __line__ }} {{ and .a .missing "z" }}{{ not .a }}', 'x 74 false');
  await f('{{ index (fromJson .json).x 0 }} {{ (index (fromJson .json).x 1).y }}', '1 z');
});

test('a template that fails leaves its error on the line', async () => {
  const f = async (template: string, problem: RegExp) => expect(await formatted(template)).toMatch(problem);
  await f('{{ div 1 0 }}', /integer divide by zero/);
  await f('{{ .a | trunc 5 6 }}', /wrong number of args for trunc/);
  await f('{{ unixEpoch .a }}', /expected time.Time; got string/);
  await f('{{ repeat 10000000 .msg }}', /too long/);
  await f('{{ range 999999 }}x{{ end }}', /limits.query.template(Text|Steps)Max/);
  await f('{{ lt .a 5 }}', /incompatible types/);
});

test('a template that makes no sense is refused before a line is read', async () => {
  const f = async (template: string, problem: string) => expect(formatted(template)).rejects.toThrow(problem);
  await f('{{ nosuch .a }}', 'template: line:1: function "nosuch" not defined');
  await f('{{ if .a }}x', 'unexpected EOF');
  await f('x\n{{ end }}', 'template: line:2: unexpected {{end}}');
  await f('{{ $x }}', 'undefined variable "$x"');
  await f('{{ .a | "x" }}', 'non executable command in pipeline stage 2');
});

test('a template made to be slow is read in time that grows with its length', async () => {
  const beganMs = performance.now();
  await expect(formatted('{'.repeat(100_000))).rejects.toThrow('parse error');
  expect(await formatted('{{""}}'.repeat(16_000))).toMatch(/templateStepsMax/);
  expect(performance.now() - beganMs).toBeLessThan(5000);
});
