import { expect, test } from 'vitest';
import { literalOf } from './literals.ts';

test('a literal is what no matching line can be without', () => {
  const f = (pattern: string, literal: string | undefined) => expect(literalOf(pattern)).toBe(literal);
  f('error', 'error');
  f('xyzzy.*foo', 'xyzzy');
  f('colou?r off', 'r off');
  f('colou??r off', 'r off');
  f('a.*?needle', 'needle');
  f('a+?needle', 'needle');
  f('ab+cdef', 'cdef');
  f('^GET /orders', 'GET /orders');
  f('(?i)TIMEOUT', 'TIMEOUT');
  f('(?i)ask for bread', ' for bread');
  f('(?i)ação', 'a');
  f('a|b', undefined);
  f('(ab)?', undefined);
  f('\\d+ ms', undefined);
  f('.*', undefined);
});
