import { expect, test } from 'vitest';
import { makeFormat } from '../../format/format.ts';
import { en } from '../../i18n/en.ts';
import { pt } from '../../i18n/pt.ts';
import { verdictSentence } from './verdict.ts';

const sinceMs = new Date(2026, 0, 5, 14, 2).getTime();

test('a verdict is a sentence in the reader’s language', () => {
  const slow = {
    kind: 'slow',
    endpoint: 'POST /appointments',
    p95Ms: 1_240,
    times: 4.02,
    sinceMs,
    deploy: '1.8.3',
  } as const;
  expect(verdictSentence(slow, en, makeFormat('en-US'))).toBe(
    'POST /appointments is slow: P95 is 1.24 s, 4× its normal since 14:02, after deploy 1.8.3.',
  );
  expect(verdictSentence(slow, pt, makeFormat('pt-BR'))).toBe(
    'POST /appointments está lento: o P95 é 1,24 s, 4× o normal desde 14:02, depois do deploy 1.8.3.',
  );
});

test('facts that are missing leave no hole', () => {
  const f = (verdict: Parameters<typeof verdictSentence>[0], text: string) =>
    expect(verdictSentence(verdict, en, makeFormat('en-US'))).toBe(text);
  f({ kind: 'failing', errorShare: 0.12 }, 'The service is failing: 12% of requests.');
  f({ kind: 'failing', errorShare: 0.12, times: Number.POSITIVE_INFINITY }, 'The service is failing: 12% of requests.');
  f({ kind: 'healthy' }, 'Everything is as usual.');
  f({ kind: 'no-data' }, 'No requests in this range, so there is nothing to judge.');
});
