import { Refusal } from '#model';

/** Prometheus' execution errors: the query is well formed, but its answer is not defined. */
export function failed(message: string): Refusal {
  return new Refusal(message, { code: 'QUERY_FAILED' });
}

export const duplicateLabelset = (): Refusal => failed('vector cannot contain metrics with the same labelset');

export function tooManySamples(samplesMax: number): Refusal {
  const limit = `limits.query.samplesMax is ${samplesMax}; select fewer series, a shorter range or a longer step`;
  return new Refusal(`query processing would load too many samples into memory in query execution (${limit})`, {
    code: 'QUERY_TOO_LARGE',
  });
}

export function timedOut(msMax: number): Refusal {
  return new Refusal(`query timed out in expression evaluation (limits.query.msMax is ${msMax})`, {
    code: 'QUERY_TIMEOUT',
  });
}

export const cancelled = (): Refusal =>
  new Refusal('query was canceled in expression evaluation', { code: 'CANCELLED' });
