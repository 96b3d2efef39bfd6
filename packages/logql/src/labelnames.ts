import type { Cursor } from './cursor.ts';

/** Reads `(a, b)`, as after `by`, `on` and `group_left`. */
export function parseLabelNames(cursor: Cursor): string[] {
  cursor.expect('(');
  const names: string[] = [];
  if (cursor.accept(')')) return names;
  for (;;) {
    names.push(cursor.expect('IDENTIFIER', names.length === 0 ? ['IDENTIFIER', ')'] : ['IDENTIFIER']).text);
    if (cursor.accept(')')) return names;
    cursor.expect(',', [',', ')']);
  }
}
