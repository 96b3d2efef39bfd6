import { expect, test } from 'vitest';
import { unescapeName } from './names.ts';

test('escaped names come back as they were', () => {
  const f = (escaped: string, name: string) => expect(unescapeName(escaped)).toBe(name);
  f('job', 'job');
  f('U__http_2e_status', 'http.status');
  f('U__http_2e_status__code', 'http.status_code');
  f('U___1f600_', '😀');
  f('U__label_20_with_20_spaces', 'label with spaces');
});

test('what is not well escaped stays as it is', () => {
  for (const name of ['U__a_', 'U__a_2e', 'U__a_zz_b', 'U__a_d800_', 'U__a_1234567_']) {
    expect(unescapeName(name)).toBe(name);
  }
});
