import { expect, test } from 'vitest';
import { isComputing, unitOfTraceql } from './traceqlKind.ts';

test('what computes is told from what finds', () => {
  const f = (query: string, computes: boolean) => expect(isComputing(query)).toBe(computes);
  f('{ } | rate() by (resource.service.name)', true);
  f('({ status = error } | rate()) / ({ } | rate())', true);
  f('{ status = error }', false);
  f('{ } | count() > 2', false);
  f('{ status = }', false);
});

test('units are read off the query only when it says so', () => {
  const f = (query: string, unit: string) => expect(unitOfTraceql(query)).toBe(unit);
  f('{ } | quantile_over_time(duration, .95)', 'seconds');
  f('{ } | rate()', 'rate');
  f('{ } | count_over_time()', 'plain');
});
