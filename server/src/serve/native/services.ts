import type { ServiceAnswer, ServicesAnswer } from '@farol/contract';
import { describeService, listServices, type ServicesQuestion } from '#query/services';
import type { Asked } from '../asked.ts';
import type { NativeDeps } from './deps.ts';
import { rangeParam, textParam } from './params.ts';

export async function services(deps: NativeDeps, asked: Asked): Promise<ServicesAnswer> {
  return listServices(deps, questionOf(deps, asked));
}

export async function service(deps: NativeDeps, asked: Asked, path: Record<string, string>): Promise<ServiceAnswer> {
  return describeService(deps, { ...questionOf(deps, asked), service: path.service ?? '' });
}

function questionOf(deps: NativeDeps, { tenant, params, signal }: Asked): ServicesQuestion {
  const environment = textParam(params, 'environment');
  return {
    tenant,
    ...rangeParam(params, deps.clock.nowMs()),
    ...(environment !== undefined && { environment }),
    signal,
  };
}
