import { expect, test } from 'vitest';
import { type Limits, limits } from '#model';
import { Pairs, type Side } from './pairs.ts';

const side = (role: Side['role'], service: string, spanId: string, arrivedMs: number, peer = ''): Side => ({
  tenant: 'main',
  service,
  role,
  arrivedMs,
  traceId: '1'.repeat(32),
  spanId: spanId.padStart(16, '0'),
  seconds: 1,
  failed: false,
  messaging: false,
  peer,
});
const caller = (n: number) => ({ traceId: '1'.repeat(32), spanId: n.toString(16).padStart(16, '0') });

function rig(bounds: Partial<Limits['spanMetrics']>) {
  const told: string[] = [];
  const pairs = new Pairs(
    { ...limits.spanMetrics, ...bounds },
    {
      met: (caller, callee) => told.push(`${caller.service}→${callee.service}`),
      alone: ({ service, role }, why) => told.push(`${role} ${service} ${why}`),
    },
  );
  return { pairs, told };
}

test('each of several callees meets its caller, whoever comes first', () => {
  const { pairs, told } = rig({});
  pairs.callee(side('callee', 'b', '2', 0), caller(1));
  pairs.caller(side('caller', 'a', '1', 1));
  pairs.callee(side('callee', 'c', '3', 2), caller(1));
  pairs.caller(side('caller', 'a', '1', 3));
  pairs.expire(100_000);
  expect(told).toEqual(['a→b', 'a→c']);
  expect(pairs.waiting).toBe(0);
});

test('a wait ends when its time is over, not before', () => {
  const { pairs, told } = rig({ pairMsMax: 1000 });
  pairs.caller(side('caller', 'a', '1', 0));
  pairs.callee(side('callee', 'b', '9', 500), caller(8));
  pairs.expire(999);
  expect(told).toEqual([]);
  pairs.expire(1000);
  expect(told).toEqual(['caller a expired']);
  pairs.stop();
  expect(told).toEqual(['caller a expired', 'callee b stopped']);
});

test('when there is no room, whoever has waited longest goes', () => {
  const { pairs, told } = rig({ pairsMax: 16 });
  pairs.caller(side('caller', 'met', 'c', 1));
  pairs.callee(side('callee', 'b', 'd', 2), caller(12));
  pairs.caller(side('caller', 'old', 'a', 2));
  pairs.callee(side('callee', 'newer', 'b', 3), caller(99));
  for (let i = 0; i < 14; i++) pairs.caller(side('caller', `s${i}`, `e${i}`, 3));
  expect(told).toEqual(['met→b']);
  expect(pairs.waiting).toBe(16);
  pairs.caller(side('caller', 'last', 'f', 4));
  expect(told).toEqual(['met→b', 'caller old full', 'callee newer full']);
  expect(pairs.waiting).toBe(15);
});

test('a caller that has met is remembered among many, for its own tenant only, and not for ever', () => {
  const { pairs, told } = rig({ pairsMax: 4096, pairMsMax: 1000 });
  for (let i = 1; i <= 1000; i++) {
    pairs.caller(side('caller', `a${i}`, i.toString(16), 1));
    pairs.callee(side('callee', `b${i}`, '77', 1), caller(i));
  }
  told.length = 0;
  for (let i = 1; i <= 1000; i++) pairs.callee(side('callee', `c${i}`, '78', 2), caller(i));
  expect(told).toEqual(Array.from({ length: 1000 }, (_, i) => `a${i + 1}→c${i + 1}`));
  told.length = 0;
  pairs.callee({ ...side('callee', 'd', '79', 3), tenant: 'other' }, caller(1));
  pairs.callee(side('callee', 'd', '79', 1001), caller(2));
  expect(told).toEqual([]);
});

test('long names count against the bytes', () => {
  const { pairs, told } = rig({ pairBytesMax: 3000 });
  for (let i = 1; i <= 9; i++) pairs.caller(side('caller', `s${i}`, String(i), i, 'p'.repeat(500)));
  expect(pairs.waiting).toBe(2);
  expect(told).toHaveLength(7);
});
