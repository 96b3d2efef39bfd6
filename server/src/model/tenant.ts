/** Whose data it is: `X-Scope-OrgID`, or `main`. */
import { Refusal } from './refusal.ts';

const tenantPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** Reads `X-Scope-OrgID`. Refuses anything but letters, digits, `_` and `-`: a tenant's name is never a path, a list or a pattern. */
export function tenantOf(header: string | readonly string[] | undefined): string {
  if (header === undefined || header === '') return 'main';
  const name = typeof header === 'string' ? header : header.join(',');
  if (tenantPattern.test(name)) return name;
  throw new Refusal(
    `X-Scope-OrgID ${JSON.stringify(name.slice(0, 80))} is not a tenant; use 1 to 64 letters, digits, "_" or "-", or leave it out for "main"`,
    { code: 'BAD_REQUEST' },
  );
}
