import type { IngestSender } from '@farol/contract';
import { expect, test } from 'vitest';
import { en } from '../../i18n/en.ts';
import { lightsOf } from './lights.ts';
import { recipesFor } from './snippets.ts';

const sender = (part: Partial<IngestSender>): IngestSender => ({
  protocol: 'otlp-http',
  sender: 'api',
  signal: 'traces',
  received: 10,
  stored: 10,
  rejected: [],
  duplicates: 0,
  lastSeenMs: 5,
  ...part,
});

test('a light turns on for what others sent, not for what Farol says about itself', () => {
  const lights = lightsOf({
    sinceMs: 0,
    senders: [
      sender({}),
      sender({ sender: 'web', stored: 5, lastSeenMs: 9 }),
      sender({ protocol: 'self', signal: 'logs' }),
    ],
  });
  expect(lights).toEqual([
    { signal: 'traces', stored: 15, rejected: 0, lastSeenMs: 9 },
    { signal: 'metrics', stored: 0, rejected: 0, lastSeenMs: undefined },
    { signal: 'logs', stored: 0, rejected: 0, lastSeenMs: undefined },
  ]);
});

test('every recipe names this server, and none the default by accident', () => {
  const recipes = recipesFor(
    { http: 'http://farol.lan:9320', otlpHttp: 'http://farol.lan:9318', otlpGrpc: 'farol.lan:9317' },
    en,
  );
  for (const { id, steps } of recipes) {
    const code = steps.map((step) => step.code ?? '').join('\n');
    expect(code, id).toContain('farol.lan');
    expect(code, id).not.toMatch(/:43(20|18|17)\b/);
  }
});
