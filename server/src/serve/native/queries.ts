import type { QueriesAnswer, QueryAnswer } from '@farol/contract';
import { Refusal } from '#model';
import type { Asked } from '../asked.ts';
import type { NativeDeps } from './deps.ts';
import { idParam, wholeParam } from './params.ts';

const listedDefault = 50;
const listedMax = 500;

export async function queries({ inquiries }: NativeDeps, { tenant, params }: Asked): Promise<QueriesAnswer> {
  const limit = wholeParam(params, 'limit', { max: listedMax, fallback: listedDefault });
  const found = inquiries.recent(tenant, limit);
  return { queries: found.map(({ steps, ...query }) => ({ ...query, stepCount: steps.length })) };
}

export async function query(
  { inquiries }: NativeDeps,
  { tenant }: Asked,
  path: Record<string, string>,
): Promise<QueryAnswer> {
  const id = idParam(path.id ?? '', 'id', 32);
  const found = inquiries.find(tenant, id);
  if (found !== undefined) return found;
  throw new Refusal(
    `query ${id} is not among the last ones kept; ask it again, or look for its trace under the service farol`,
    { code: 'NOT_FOUND' },
  );
}
