import { expect, test } from 'vitest';
import type { Golden, Requests } from './golden.ts';
import { stepsOf } from './steps.ts';
import { verdictOf } from './verdict.ts';

const steps = stepsOf({ startMs: 0, endMs: 600_000 }, 10);
const requests = (count: number, errors: number, p95Ms: number): Requests => ({ count, errors, p95Ms });
const golden = (now: Requests, before: Requests, own: (Requests | undefined)[]): Golden => ({
  now,
  before,
  steps: own,
});

const calm = requests(10, 0, 100);
const slow = requests(10, 0, 400);
const broken = requests(10, 5, 100);

test('a healthy service is said to be healthy, a silent one to have no data', () => {
  const own = golden(requests(100, 0, 100), requests(100, 0, 90), new Array(10).fill(calm));
  expect(verdictOf({ golden: own, endpoints: new Map(), deploys: [], steps }).kind).toBe('healthy');
  expect(verdictOf({ endpoints: new Map(), deploys: [], steps })).toEqual({ kind: 'no-data' });
});

test('a service without a past is slow when people wait a second, and no multiple is made up', () => {
  const f = (p95Ms: number) => {
    const own = golden(requests(100, 0, p95Ms), requests(0, 0, 0), new Array(10).fill(requests(10, 0, p95Ms)));
    return verdictOf({ golden: own, endpoints: new Map([['GET /', own]]), deploys: [], steps });
  };
  expect(f(900)).toEqual({ kind: 'healthy', errorShare: 0, p95Ms: 900 });
  expect(f(4000)).toEqual({ kind: 'slow', endpoint: 'GET /', errorShare: 0, p95Ms: 4000, sinceMs: 0 });
});

test('slowness names the endpoint that costs most, how much, since when, and the deploy before', () => {
  const own = golden(requests(100, 0, 400), requests(100, 0, 100), [
    calm,
    calm,
    calm,
    undefined,
    ...new Array(6).fill(slow),
  ]);
  const rare = golden(requests(1, 0, 4000), requests(1, 0, 100), []);
  const verdict = verdictOf({
    golden: own,
    endpoints: new Map([
      ['POST /a', own],
      ['GET /rare', rare],
    ]),
    deploys: [
      { timeMs: 10_000, version: '1' },
      { timeMs: 230_000, version: '2' },
    ],
    steps,
  });
  expect(verdict).toEqual({
    kind: 'slow',
    endpoint: 'POST /a',
    errorShare: 0,
    p95Ms: 400,
    times: 4,
    sinceMs: 240_000,
    deploy: '2',
  });
});

test('failures come before slowness, and one good step among bad ones does not end them', () => {
  const own = golden(requests(100, 30, 100), requests(100, 0, 100), [
    calm,
    calm,
    broken,
    calm,
    ...new Array(6).fill(broken),
  ]);
  const verdict = verdictOf({ golden: own, endpoints: new Map([['POST /a', own]]), deploys: [], steps });
  expect(verdict).toMatchObject({ kind: 'failing', endpoint: 'POST /a', sinceMs: 120_000, errorShare: 0.3 });
});
