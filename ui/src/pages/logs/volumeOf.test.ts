import { parseExpr } from '@farol/logql';
import { expect, test } from 'vitest';
import { volumeOf } from './volumeOf.ts';

test('the lines of a query are counted as it finds them, unless each would have to be parsed', () => {
  const counted = volumeOf('{app="a"} |= "x" | level="error" # why', 15_000);
  expect(counted).toBe('sum by (detected_level) (count_over_time({app="a"} |= "x" | level="error" # why\n[15000ms]))');
  expect(parseExpr(counted).kind).toBe('aggregate');
  expect(volumeOf('{app="a"} | json | user="x"', 15_000)).toBe('');
  expect(volumeOf('rate({app="a"}[1m])', 15_000)).toBe('');
  expect(volumeOf('{app=', 15_000)).toBe('');
});
