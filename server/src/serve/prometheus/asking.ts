/** One question's life: its tenant, its deadline, its slot, and its end when the client leaves. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Clock, histogram } from '#kit';
import { type Limits, Refusal, tenantOf } from '#model';
import type { Slots } from './slots.ts';

export interface Question {
  readonly tenant: string;
  readonly signal: AbortSignal;
}

export interface AskingDeps {
  readonly slots: Slots;
  readonly limits: Limits['query'];
  readonly clock: Clock;
}

const requestSeconds = histogram(
  'farol_promql_request_seconds',
  'How long requests of the Prometheus API took, the wait for a slot included.',
  ['outcome'],
);

export type Asking = <T>(
  client: { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly msMax?: number },
  ask: (question: Question) => Promise<T>,
) => Promise<T>;

/** Runs `ask` in a slot; its signal aborts at the deadline, or when the client closes the connection. */
export function createAsking({ slots, limits, clock }: AskingDeps): Asking {
  return async ({ request, reply, msMax = limits.msMax }, ask) => {
    const tenant = tenantOf(request.headers['x-scope-orgid']);
    const startedMs = clock.tickMs();
    const end = new AbortController();
    const leave = (): void => end.abort(new Refusal('the client closed the connection', { code: 'CANCELLED' }));
    const budgetMs = budgetOf(msMax, limits.msMax);
    const deadline = setTimeout(() => end.abort(late(budgetMs)), budgetMs);
    reply.raw.once('close', leave);
    let outcome = 'success';
    try {
      if (budgetMs === 0) throw late(0);
      const giveBack = await slots.take(end.signal);
      try {
        return await ask({ tenant, signal: end.signal });
      } finally {
        giveBack();
      }
    } catch (error) {
      const reason = end.signal.aborted ? end.signal.reason : error;
      outcome = reason instanceof Refusal ? reason.code.toLowerCase() : 'error';
      throw reason;
    } finally {
      clearTimeout(deadline);
      reply.raw.off('close', leave);
      requestSeconds.observe({ outcome }, (clock.tickMs() - startedMs) / 1000);
    }
  };
}

function budgetOf(msMax: number, limitMs: number): number {
  return Math.max(0, Math.min(msMax, limitMs));
}

function late(budgetMs: number): Refusal {
  return new Refusal(
    `query timed out in expression evaluation after ${budgetMs} ms (the timeout parameter, at most query.msMax); ` +
      'ask for less time, fewer series or a larger step',
    { code: 'QUERY_TIMEOUT' },
  );
}
