import { expect, test } from 'vitest';
import { type Answer, agreementOf } from './agreement.ts';

const answer = (values: Readonly<Record<string, string>>, time = 100): Answer => ({
  data: { result: Object.entries(values).map(([name, value]) => ({ metric: { name }, value: [time, value] })) },
});

async function judged(query: string, ours: Answer, theirs: Answer, buckets: Answer = answer({})) {
  const { difference, undecided } = await agreementOf({ query, ours, theirs, askTheirs: async () => buckets });
  return difference ?? `${undecided} undecided`;
}

test('values that differ by rounding agree, and by more do not', async () => {
  expect(await judged('up', answer({ a: '1' }), answer({ a: '1.0000000001' }))).toBe('0 undecided');
  expect(await judged('up', answer({ a: '1' }), answer({ a: '1.001' }))).toMatch('1 against 1.001');
  expect(await judged('up', answer({ a: '1' }), answer({ a: '1' }, 101))).toMatch('1 against nothing');
});

test('topk may name either of two series that tie, and no other', async () => {
  const theirs = answer({ a: '9', b: '5' });
  expect(await judged('topk(2, up)', answer({ a: '9', c: '5' }), theirs)).toBe('1 undecided');
  expect(await judged('topk(2, up)', answer({ a: '9', c: '4' }), theirs)).toMatch('against');
  expect(await judged('sum(up)', answer({ a: '9', c: '5' }), theirs)).toMatch('against');
});

test('a quantile may differ where its rank is what a bucket has counted, and nowhere else', async () => {
  const query = 'histogram_quantile(0.9, sum by (le) (rate(b[5m])))';
  const [ours, theirs] = ['0.1', '2.5'].map(
    (value): Answer => ({ data: { result: [{ metric: {}, value: [100, value] }] } }),
  );
  const counted = (first: string): Answer => ({
    data: {
      result: [first, '10'].map((value, n) => ({ metric: { le: ['0.1', '+Inf'][n] ?? '' }, value: [100, value] })),
    },
  });
  if (!ours || !theirs) throw new TypeError('two answers were made');
  expect(await judged(query, ours, theirs, counted('9'))).toBe('1 undecided');
  expect(await judged(query, ours, theirs, counted('8'))).toMatch('0.1 against 2.5');
});
