import type { SqlAnswer } from '@farol/contract';
import { Refusal } from '#model';
import type { Asked } from '../asked.ts';
import type { NativeDeps } from './deps.ts';
import { wholeParam } from './params.ts';

const rowsDefault = 1000;

export async function ownSql({ selectOwn, limits }: NativeDeps, { tenant, params, signal }: Asked): Promise<SqlAnswer> {
  const text = params.get('query')?.trim() ?? '';
  if (text === '') throw new Refusal('query is missing: it must be one SELECT', { code: 'BAD_REQUEST' });
  if (text.length > limits.textBytesMax)
    throw new Refusal(`query has ${text.length} characters, limits.query.textBytesMax is ${limits.textBytesMax}`, {
      code: 'BAD_REQUEST',
    });
  const rowsMax = wholeParam(params, 'limit', { max: limits.logRowsMax, fallback: rowsDefault });
  return await selectOwn({ tenant, text, rowsMax, signal });
}
