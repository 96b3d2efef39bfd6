import { existsSync, readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { openPrometheusApi, type PrometheusApi } from '../prometheus/fixture.ts';
import { reportTests } from './report.ts';

const file = new URL('../../../shared/conformance/openapi/prometheus-3.1.yaml', import.meta.url);
const isHere = existsSync(file);
if (!isHere) console.warn('shared/conformance/openapi is not here: the schemas of the Prometheus API are not checked');

/**
 * Answers that Prometheus itself gives and its schema does not have. The list may only shrink.
 * The schema wants the time of a string answer to be a string; Prometheus writes a number, and clients read one.
 */
const deviations: ReadonlySet<string> = new Set(['/query string']);

interface Spec {
  readonly paths: Record<
    string,
    { get?: { responses: Record<string, { content: Record<string, { schema: object }> }> } }
  >;
  readonly components: object;
}

reportTests('openapi', [
  {
    why: 'the schema wants the time of a string answer to be a string; Prometheus writes a number, and clients read one',
    cases: deviations.size,
  },
]);

describe.skipIf(!isHere)('answers are as the OpenAPI of Prometheus describes them', () => {
  let api: PrometheusApi;
  let validatorOf: (path: string, status: '200' | 'default') => ValidateFunction;

  beforeAll(async () => {
    api = await openPrometheusApi();
    const spec = parse(readFileSync(file, 'utf8')) as Spec;
    const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
    ajv.addSchema({ $id: 'spec', components: spec.components });
    validatorOf = (path, status) => {
      const schema = spec.paths[path]?.get?.responses[status]?.content['application/json']?.schema;
      if (!schema) throw new Error(`${path} has no schema for ${status}`);
      return ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"spec#/')));
    };
  });
  afterAll(() => api[Symbol.asyncDispose]());

  const end = Math.floor(Date.now() / 1000);
  const range = `start=${end - 600}&end=${end}&step=15`;
  const good: [path: string, request: string, kind?: string][] = [
    ['/query', 'query?query=http_requests_total&stats=all', 'vector'],
    ['/query', 'query?query=1', 'scalar'],
    ['/query', 'query?query="a"', 'string'],
    ['/query', 'query?query=http_requests_total[1m]', 'matrix'],
    ['/query', 'query?query=rate(awkward[5m])&limit=1', 'annotated'],
    ['/query_range', `query_range?query=http_requests_total&${range}&stats=true`],
    ['/query_exemplars', `query_exemplars?query=http_requests_total&${range}`],
    ['/format_query', 'format_query?query=sum(a)'],
    ['/parse_query', 'parse_query?query=sum(a)'],
    ['/labels', 'labels?limit=1'],
    ['/label/{name}/values', 'label/job/values'],
    ['/series', 'series?match[]=http_requests_total'],
    ['/metadata', 'metadata'],
    ['/scrape_pools', 'scrape_pools'],
    ['/targets', 'targets'],
    ['/targets/metadata', 'targets/metadata'],
    ['/rules', 'rules'],
    ['/alerts', 'alerts'],
    ['/alertmanagers', 'alertmanagers'],
    ['/status/config', 'status/config'],
    ['/status/runtimeinfo', 'status/runtimeinfo'],
    ['/status/buildinfo', 'status/buildinfo'],
    ['/status/flags', 'status/flags'],
    ['/status/tsdb', 'status/tsdb'],
    ['/status/walreplay', 'status/walreplay'],
    ['/notifications', 'notifications'],
  ];

  for (const [path, request, kind] of good) {
    const name = kind ? `${path} ${kind}` : path;
    test(`${name}${deviations.has(name) ? ' (a known deviation)' : ''}`, async () => {
      const { status, body } = await api.get(encodeURI(request));
      expect(status, JSON.stringify(body)).toBe(200);
      const validate = validatorOf(path, '200');
      expect(validate(body), JSON.stringify(validate.errors)).toBe(!deviations.has(name));
    });
  }

  for (const [path, request] of [
    ['/query', 'query?query=sum('],
    ['/query_range', 'query_range?query=a'],
    ['/series', 'series'],
    ['/labels', 'labels?limit=x'],
    ['/status/tsdb', 'status/tsdb?limit=0'],
    ['/targets/metadata', 'targets/metadata?match_target={'],
  ] as const) {
    test(`an error of ${path}`, async () => {
      const { status, body } = await api.get(request);
      expect(status).toBe(400);
      const validate = validatorOf(path, 'default');
      expect(validate(body), JSON.stringify(validate.errors)).toBe(true);
    });
  }
});
