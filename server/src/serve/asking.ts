/** A question of a query language: what `asked.ts` gives every request, and a deadline and a slot beside. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Asker, afterwards, askingAs, type Clock, histogram } from '#kit';
import { type Limits, Refusal } from '#model';
import { type Asked, asked } from './asked.ts';
import type { Slots } from './slots.ts';

export type Question = Asked;

export interface AskingDeps {
  /** Whose questions these are, in our own metrics and before the store. */
  readonly api: Asker;
  readonly slots: Slots;
  readonly limits: Limits['query'];
  readonly clock: Clock;
}

const requestSeconds = histogram(
  'farol_query_request_seconds',
  'How long requests of the query APIs took, the wait for a slot included.',
  ['api', 'outcome'],
);

export type Asking = <T>(
  client: { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly msMax?: number },
  ask: (question: Question) => Promise<T>,
) => Promise<T>;

/** Runs `ask` in a slot; its signal aborts at the deadline, or when the client closes the connection. */
export function createAsking({ api, slots, limits, clock }: AskingDeps): Asking {
  return ({ msMax = limits.msMax, ...client }, ask) =>
    asked(client, async (question) => {
      const { signal, stop } = question;
      const startedMs = clock.tickMs();
      const budgetMs = budgetOf(msMax, limits.msMax);
      const endWatch = stopAt(startedMs + budgetMs, clock, () => stop(tooLate(budgetMs)));
      let outcome = 'success';
      try {
        if (budgetMs === 0) throw tooLate(0);
        const giveBack = await slots.take(signal);
        try {
          return await askingAs(api, () => ask(question));
        } finally {
          giveBack();
        }
      } catch (error) {
        const reason = signal.aborted ? signal.reason : error;
        outcome = reason instanceof Refusal ? reason.code.toLowerCase() : 'error';
        throw reason;
      } finally {
        endWatch();
        const seconds = (clock.tickMs() - startedMs) / 1000;
        afterwards(() => requestSeconds.observe({ api, outcome }, seconds));
      }
    });
}

/** A timer only for what outlasts this turn of the event loop: most questions do not. Call what it returns at the end. */
function stopAt(tickMs: number, clock: Clock, stop: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const beginning = setImmediate(() => {
    timer = setTimeout(stop, Math.max(0, tickMs - clock.tickMs()));
  });
  return () => {
    clearImmediate(beginning);
    clearTimeout(timer);
  };
}

function budgetOf(msMax: number, limitMs: number): number {
  return Math.max(0, Math.min(msMax, limitMs));
}

function tooLate(budgetMs: number): Refusal {
  return new Refusal(
    `query timed out in expression evaluation after ${budgetMs} ms (the timeout parameter, at most query.msMax); ` +
      'ask for less time, fewer series or a larger step',
    { code: 'QUERY_TIMEOUT' },
  );
}
