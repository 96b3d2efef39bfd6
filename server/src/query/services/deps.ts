import type { Promql } from '#query/promql';
import type { Ask, TimeRange } from '../stored/index.ts';

export interface ServicesDeps {
  readonly ask: Ask;
  readonly promql: Pick<Promql, 'range' | 'instant'>;
}

export interface ServicesQuestion extends TimeRange {
  readonly tenant: string;
  readonly environment?: string;
  readonly signal: AbortSignal;
}

export interface ServiceQuestion extends ServicesQuestion {
  readonly service: string;
}
