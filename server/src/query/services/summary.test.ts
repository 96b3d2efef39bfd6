import { expect, test } from 'vitest';
import type { Requests } from './golden.ts';
import { noFacts } from './inventory.ts';
import { stepsOf } from './steps.ts';
import { summaryOf } from './summary.ts';

const steps = stepsOf({ startMs: 0, endMs: 600_000 }, 10);
const before: Requests = { count: 100, errors: 0, p95Ms: 100 };

function healthOf(now: Requests, saturated = 0) {
  const summary = summaryOf(
    {
      name: 'shop',
      facts: noFacts,
      source: 'spans',
      golden: { now, before, steps: [] },
      saturation: { share: saturated, of: 'pool' },
      lastSeenMs: 0,
    },
    steps,
  );
  return summary.health;
}

test('a service of few requests is not well when they fail, or its pool is full; slow ones say nothing yet', () => {
  const f = (now: Requests, saturated: number, health: string) => expect(healthOf(now, saturated)).toBe(health);
  f({ count: 5, errors: 0, p95Ms: 100 }, 0, 'ok');
  f({ count: 5, errors: 5, p95Ms: 100 }, 0, 'warn');
  f({ count: 5, errors: 0, p95Ms: 900 }, 0, 'ok');
  f({ count: 5, errors: 0, p95Ms: 100 }, 0.97, 'bad');
  f({ count: 0, errors: 0 }, 0.97, 'unknown');
});

test('a service of many is bad when one request in twenty fails or it takes three times as long', () => {
  const f = (now: Requests, health: string) => expect(healthOf(now)).toBe(health);
  f({ count: 100, errors: 0, p95Ms: 150 }, 'ok');
  f({ count: 100, errors: 1, p95Ms: 150 }, 'warn');
  f({ count: 100, errors: 5, p95Ms: 150 }, 'bad');
  f({ count: 100, errors: 0, p95Ms: 250 }, 'warn');
  f({ count: 100, errors: 0, p95Ms: 300 }, 'bad');
});
