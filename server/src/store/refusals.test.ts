import { expect, test } from 'vitest';
import { failureOf, refusalOf } from './refusals.ts';

const clickHouse = (code: string): Error => Object.assign(new Error("SELECT 'secret' failed"), { code });

test('exceptions become refusals that repeat nobody’s SQL', () => {
  const code = (text: string): string => refusalOf(clickHouse(text)).code;
  expect(['159', '241', '158', '307', '396', '243', '427', '62'].map(code)).toEqual([
    'QUERY_TIMEOUT',
    'QUERY_TOO_LARGE',
    'QUERY_TOO_LARGE',
    'QUERY_TOO_LARGE',
    'QUERY_TOO_LARGE',
    'STORE_FULL',
    'BAD_REQUEST',
    'QUERY_FAILED',
  ]);
  expect(refusalOf(clickHouse('62')).message).not.toContain('secret');
});

test('a broken connection is a store that is down; an aborted question is cancelled', () => {
  expect(refusalOf(clickHouse('ECONNREFUSED')).code).toBe('STORE_DOWN');
  expect(refusalOf(new Error('socket hang up')).code).toBe('STORE_DOWN');
  expect(refusalOf(new Error('anything'), AbortSignal.abort()).code).toBe('CANCELLED');
});

test('inserts are repeated only where that can help', () => {
  expect(['ECONNRESET', '241', '252', '279', '243', '62'].map((code) => failureOf(clickHouse(code)).kind)).toEqual([
    'transient',
    'transient',
    'transient',
    'transient',
    'full',
    'permanent',
  ]);
});
