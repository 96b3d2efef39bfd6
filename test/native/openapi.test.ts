import type { QueriesAnswer } from '@farol/contract';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { idOf, logLine, type NativeApi, openNativeApi, span } from './fixture.ts';

const nowMs = Date.now();
const traceId = idOf(7, 32);
let api: NativeApi;
let ajv: Ajv2020;
let description: {
  paths: Record<
    string,
    { get: { responses: Record<string, { content: Record<string, { schema: { $ref: string } }> }> } }
  >;
};

beforeAll(async () => {
  api = await openNativeApi();
  const times = { startMs: nowMs - 60_000, durationMs: 5, kind: 'server' as const };
  await api.store.write({
    tenant: 'main',
    spans: [span({ service: 'api', traceId, spanId: idOf(1, 16), status: 'error', statusMessage: 'x', ...times })],
    logs: [logLine({ service: 'api', body: 'hello', timeNs: BigInt(nowMs - 60_000) * 1_000_000n, traceId })],
  });
  description = await api.get('/api/openapi.json');
  ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addSchema({ ...description, $id: 'farol' });
});
afterAll(async () => api[Symbol.asyncDispose]());

const filled: Record<string, string> = {
  '/api/sql': '/api/sql?query=SELECT+service,+count()+FROM+logs+GROUP+BY+service',
  '/api/services/{service}': '/api/services/api',
  '/api/traces/{id}': `/api/traces/${traceId}`,
};

function check(path: string, status: string, body: unknown): void {
  const ref = description.paths[path]?.get.responses[status]?.content['application/json']?.schema.$ref;
  expect(ref, `${path} describes its ${status}`).toBeDefined();
  const valid = ajv.validate({ $ref: `farol${ref}` }, body);
  expect(ajv.errorsText(), path).toBe('No errors');
  expect(valid).toBe(true);
}

test("every route's real answer is what the description says, to the last property", async () => {
  const paths = Object.keys(description.paths);
  expect(paths).toHaveLength(12);
  await api.get('/api/logs?text=hello');
  const [asked] = (await api.get<QueriesAnswer>('/api/queries')).queries;
  const addressOf = (path: string) => (path === '/api/queries/{id}' ? `/api/queries/${asked?.id}` : filled[path]);
  for (const path of paths) check(path, '200', await api.get(addressOf(path) ?? path));
});

test('refusals are what the description says', async () => {
  check('/api/logs', '400', await api.get('/api/logs?limit=0', 400));
  check('/api/traces/{id}', '404', await api.get(`/api/traces/${idOf(99, 32)}`, 404));
});
